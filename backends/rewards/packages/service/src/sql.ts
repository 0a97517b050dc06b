// Statements by name, from a file of them: `-- name: balance`, a line of why, and the statement.

export function queries(text: string): Record<string, string> {
  const [, ...parts] = text.split(/^-- name:[ \t]*(\w+)[ \t]*$/m);
  const found: Record<string, string> = {};
  for (let index = 0; index < parts.length; index += 2) found[parts[index]] = statement(parts[index + 1]);
  return found;
}

function statement(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() && !line.trimStart().startsWith("--"));
  return lines.join("\n").replace(/;\s*$/, "");
}
