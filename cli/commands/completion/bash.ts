import { placesOf, stepsOf, valuesOf, type Shape, type Value } from "./shape.ts";

/** Works in bash from 3.2 on, with and without the package bash-completion. */
export function bashScript(shapes: readonly Shape[]): string {
  const quoted = (patterns: readonly string[]): string => patterns.map(pattern).join("|");
  const steps = stepsOf(shapes).map(({ from, word, to }) => `        "${from} ${word}") at="${to}"; continue ;;`);
  const values = valuesOf(shapes);
  const flags = shapes.map(({ at, flags }) => {
    return `      "${at}") words="${flags.flatMap(({ names }) => names.filter((name) => name.startsWith("--"))).join(" ")}" ;;`;
  });
  const subs = shapes
    .filter(({ subcommands }) => subcommands.length > 0)
    .map(({ at, subcommands }) => `    "${at}:0") words="${subcommands.flatMap(({ names }) => names).join(" ")}" ;;`);
  const places = placesOf(shapes).map(
    ({ pattern: each, value }) => `    ${pattern(each)}) ${reply(value, "words+=")} ;;`,
  );
  return `# bash completion for botctl
_botctl() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} at=botctl place=0 skip= word words= i
  COMPREPLY=()
  # "--state=dead" comes as three words.
  if [[ $cur == "=" ]]; then cur=; elif [[ $prev == "=" ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $skip ]]; then
      [[ $word == "=" ]] || skip=
      continue
    fi
    if ((place == 0)); then
      case "$at $word" in
${steps.join("\n")}
      esac
    fi
    case "$at:$word" in
      ${quoted(values.flatMap(({ patterns }) => patterns))}) skip=1 ;;
      *:-*) ;;
      *) ((place += 1)) ;;
    esac
  done
  case "$at:$prev" in
${values.map(({ value, patterns }) => `    ${quoted(patterns)}) ${reply(value, "words=")}; ${END}; return ;;`).join("\n")}
  esac
  if [[ $cur == -* ]]; then
    case "$at" in
${flags.join("\n")}
    esac
    ${END}
    return
  fi
  case "$at:$place" in
${subs.join("\n")}
  esac
  case "$at:$place" in
${places.join("\n")}
  esac
  ${END}
}
complete -F _botctl botctl
`;
}

/** Adds the words that fit to what files there were. */
const END = 'COMPREPLY+=($(compgen -W "$words" -- "$cur"))';

function reply(value: Value, assign: string): string {
  switch (value.kind) {
    case "choices":
      return `${assign}" ${value.choices.join(" ")}"`;
    case "file":
      return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))';
    case "folder":
      return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur"))';
    case "text":
      return ":";
  }
}

/** A star stays one; the rest is taken as it is. */
function pattern(text: string): string {
  if (text.startsWith("*")) return text;
  return text.endsWith(":*") ? `"${text.slice(0, -1)}"*` : `"${text}"`;
}
