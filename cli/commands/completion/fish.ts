import { stepsOf, valuesOf, type Shape, type Value } from "./shape.ts";

/** To be kept as completions/botctl.fish, or sourced. */
export function fishScript(shapes: readonly Shape[]): string {
  const steps = stepsOf(shapes).map(
    ({ from, word, to }) =>
      `                case ${text(`${from} ${word}`)}\n                    set at ${text(to)}; continue`,
  );
  const taking = valuesOf(shapes).flatMap(({ patterns }) => patterns.map(text));
  return `# fish completion for botctl
# Which command has been typed, and how many arguments of its own.
function __botctl_at
    set -l at botctl
    set -l place 0
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip = 1
            set skip 0
            continue
        end
        if test $place = 0
            switch "$at $word"
${steps.join("\n")}
            end
        end
        switch "$at:$word"
            case ${taking.join(" ")}
                set skip 1
            case '*:-*'
            case '*'
                set place (math $place + 1)
        end
    end
    echo $at
    echo $place
end
# Whether it is this one, and, where a second argument says so, this place in it or any further one.
function __botctl_in
    set -l now (__botctl_at)
    test "$now[1]" = "$argv[1]"; or return 1
    test (count $argv) = 1; and return 0
    test "$now[2]" = "$argv[2]"; and return 0
    test (count $argv) = 3; and test "$now[2]" -ge "$argv[2]"
end
complete -c botctl -f
${shapes.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ at, subcommands, flags, places }: Shape): string[] {
  const here = (place = ""): string => `complete -c botctl -n ${text(`__botctl_in ${text(at)}${place}`)}`;
  return [
    ...subcommands.flatMap(({ names, summary }) => names.map((name) => `${here(" 0")} -a ${name} -d ${text(summary)}`)),
    ...flags.map(({ names, summary, value }) => {
      const forms = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      return `${here()} ${forms.join(" ")}${value === null ? "" : ` ${wanted(value, true)}`} -d ${text(summary)}`;
    }),
    ...places
      .map(({ value, variadic }, index) => ({ value, place: ` ${index}${variadic ? " on" : ""}` }))
      .filter(({ value }) => value.kind !== "text")
      .map(({ value, place }) => `${here(place)} ${wanted(value, false)}`),
  ];
}

/** @param required for a flag, whose value must follow */
function wanted(value: Value, required: boolean): string {
  const must = required ? "-x " : "";
  switch (value.kind) {
    case "choices":
      return `${must}-a ${text(value.choices.join(" "))}`;
    case "file":
      return required ? "-r -F" : "-F";
    case "folder":
      return `${must}-a '(__fish_complete_directories)'`;
    case "text":
      return must.trim();
  }
}

function text(words: string): string {
  return `'${words.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
