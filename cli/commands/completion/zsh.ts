import { placesOf, stepsOf, valuesOf, type Shape, type Value } from "./shape.ts";

/** To be sourced after `compinit`, or kept as `_botctl` in a folder of $fpath. */
export function zshScript(shapes: readonly Shape[]): string {
  const quoted = (patterns: readonly string[]): string => patterns.map(pattern).join("|");
  const steps = stepsOf(shapes).map(({ from, word, to }) => `        ("${from} ${word}") at="${to}"; continue ;;`);
  const values = valuesOf(shapes);
  const flags = shapes.map(({ at, flags }) => {
    const lines = flags.flatMap(({ names, summary }) => names.map((name) => described(name, summary)));
    return `      ("${at}") found=(${lines.join(" ")}) ;;`;
  });
  const subs = shapes
    .filter(({ subcommands }) => subcommands.length > 0)
    .map(({ at, subcommands }) => {
      const lines = subcommands.flatMap(({ names, summary }) => names.map((name) => described(name, summary)));
      return `    ("${at}:0") found=(${lines.join(" ")}); _describe command found ;;`;
    });
  const places = placesOf(shapes).map(({ pattern: each, value }) => `    (${pattern(each)}) ${reply(value)} ;;`);
  return `#compdef botctl
# zsh completion for botctl
_botctl() {
  # Not "path": zsh keeps $PATH in it.
  local at=botctl prev=\${words[CURRENT - 1]} skip= word
  local -i place=0 i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $skip ]]; then
      skip=
      continue
    fi
    if ((place == 0)); then
      case "$at $word" in
${steps.join("\n")}
      esac
    fi
    case "$at:$word" in
      (${quoted(values.flatMap(({ patterns }) => patterns))}) skip=1 ;;
      (*:-*) ;;
      (*) ((place += 1)) ;;
    esac
  done
  if [[ $PREFIX == --*=* ]]; then
    prev=\${PREFIX%%=*}
    compset -P '*='
  fi
  case "$at:$prev" in
${values.map(({ value, patterns }) => `    (${quoted(patterns)}) ${reply(value)}; return ;;`).join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then
    case "$at" in
${flags.join("\n")}
    esac
    _describe -o option found
    return
  fi
  case "$at:$place" in
${subs.join("\n")}
  esac
  case "$at:$place" in
${places.join("\n")}
  esac
}
if [[ \${funcstack[1]} == _botctl ]]; then _botctl "$@"; else compdef _botctl botctl; fi
`;
}

function reply(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `compadd -- ${value.choices.join(" ")}`;
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "text":
      return ":";
  }
}

/** For _describe: the name, a colon, what it is. */
function described(name: string, summary: string): string {
  return `'${name}:${summary.replaceAll("'", "'\\''")}'`;
}

function pattern(text: string): string {
  if (text.startsWith("*")) return text;
  return text.endsWith(":*") ? `"${text.slice(0, -1)}"*` : `"${text}"`;
}
