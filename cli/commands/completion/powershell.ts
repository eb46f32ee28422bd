import { stepsOf, valuesOf, type Shape, type Value } from "./shape.ts";

/** For Windows PowerShell from 5.0 on and PowerShell 7. Lists are strings: a list of one would not stay one there. */
export function powershellScript(shapes: readonly Shape[]): string {
  const steps = stepsOf(shapes).map(({ from, word, to }) => `    ${text(`${from} ${word}`)} = ${text(to)}`);
  const values = valuesOf(shapes).flatMap(({ value, patterns }) =>
    patterns.map((pattern) => `    ${text(pattern)} = ${wordsOf(value)}`),
  );
  const commands = shapes.map(({ at, subcommands, flags, places }) => {
    const said = (all: readonly { names: readonly string[]; summary: string }[]): string =>
      all.flatMap(({ names, summary }) => names.map((name) => text(`${name}|${summary}`))).join(", ");
    return `    ${text(at)} = @{
      Subcommands = @(${said(subcommands)})
      Flags = @(${said(flags)})
      Places = @(${places.map(({ value }) => wordsOf(value)).join(", ")})
      Variadic = $${places.some(({ variadic }) => variadic)}
    }`;
  });
  return `# PowerShell completion for botctl
Register-ArgumentCompleter -Native -CommandName botctl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $steps = @{
${steps.join("\n")}
  }
  # What a flag takes: words, or '' for anything else.
  $values = @{
${values.join("\n")}
  }
  $commands = @{
${commands.join("\n")}
  }
  $at = 'botctl'
  $place = 0
  $flag = $null
  $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  foreach ($word in ($typed | Select-Object -Skip 1)) {
    if ($flag) { $flag = $null; continue }
    if ($place -eq 0 -and $steps.ContainsKey("$at $word")) { $at = $steps["$at $word"]; continue }
    if ($values.ContainsKey("\${at}:$word")) { $flag = "\${at}:$word" }
    elseif ($values.ContainsKey("*:$word")) { $flag = "*:$word" }
    elseif (-not $word.StartsWith('-')) { $place += 1 }
  }
  $command = $commands[$at]
  $found = @()
  if ($flag) {
    $found += $values[$flag] -split ' '
  } elseif ("$wordToComplete".StartsWith('-')) {
    $found += $command.Flags
  } else {
    if ($place -eq 0) { $found += $command.Subcommands }
    $index = $place
    if ($command.Variadic) { $index = [Math]::Min($place, $command.Places.Count - 1) }
    if ($index -lt $command.Places.Count) { $found += $command.Places[$index] -split ' ' }
  }
  # Finding nothing leaves it to PowerShell, which offers files.
  $found | Where-Object { $_ -and $_ -like "$wordToComplete*" } | ForEach-Object {
    $name, $summary = $_ -split '\\|', 2
    if (-not $summary) { $summary = $name }
    [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $summary)
  }
}
`;
}

function wordsOf(value: Value): string {
  return text(value.kind === "choices" ? value.choices.join(" ") : "");
}

function text(words: string): string {
  return `'${words.replaceAll("'", "''")}'`;
}
