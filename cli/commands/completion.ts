import { Argument, type Command } from "commander";
import { newCommand, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf } from "../output.ts";

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

export type CompletionOptions = GlobalFlags & {
  readonly shell: Shell;
  /** The whole program, with every command it has. */
  readonly program: Command;
};

/** The program must know all its commands by then (cli/program). */
export function completionCommand(context: CommandContext, run = printCompletion): Command {
  return newCommand(context, "completion", [
    ["botctl completion bash > ~/.local/share/bash-completion/completions/botctl", "for bash, with bash-completion"],
    ["botctl completion zsh > ~/.zfunc/_botctl", "for zsh; `fpath+=~/.zfunc` before compinit in .zshrc"],
    ["botctl completion fish > ~/.config/fish/completions/botctl.fish", "for fish"],
    ["botctl completion powershell >> $PROFILE", "for PowerShell"],
  ])
    .description("Print what teaches a shell to complete botctl: commands, flags, their choices, scenarios.")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .action((shell: Shell, flags: GlobalFlags, command: Command) => {
      let program = command;
      while (program.parent !== null) program = program.parent;
      return run({ ...flags, shell, program }, context);
    });
}

export async function printCompletion(
  { shell, program, ...flags }: CompletionOptions,
  context: CommandContext,
): Promise<void> {
  const { CATALOGUE } = await import("../scenarios/catalogue.ts");
  const { shapesOf } = await import("./completion/shape.ts");
  const scenarios = CATALOGUE.map(({ name }) => name);
  const shapes = shapesOf(program, { "botctl simulate scenario": scenarios });
  const script = (await scriptFor(shell))(shapes);
  outputOf(context, flags).result({ shell, script }, () => script);
}

async function scriptFor(shell: Shell) {
  switch (shell) {
    case "bash":
      return (await import("./completion/bash.ts")).bashScript;
    case "zsh":
      return (await import("./completion/zsh.ts")).zshScript;
    case "fish":
      return (await import("./completion/fish.ts")).fishScript;
    case "powershell":
      return (await import("./completion/powershell.ts")).powershellScript;
  }
}
