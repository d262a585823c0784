import type { DockerEngine } from "#agents/docker-engine.ts";
import { parseTemplateBudget, type TemplateBudget } from "#agents/template-budget.ts";

/** Where Trinity's agents keep their template. They can write it. */
export const TEMPLATE_FILE = "/home/developer/template.yaml";

/**
 * The limits that the template in a container proposes, running or not; null: none, or none that can be read.
 * @throws DomainError unavailable without an engine; conflict when the file is no plain file, or over 1 MB
 */
export async function readTemplateBudget(engine: DockerEngine, containerName: string): Promise<TemplateBudget | null> {
  const file = await engine.readFile(containerName, TEMPLATE_FILE);
  return file === null ? null : parseTemplateBudget(file.text);
}
