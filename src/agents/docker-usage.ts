import type { ContainerStats } from "#agents/docker-engine.ts";
import type { AgentUsage } from "#agents/runtime.ts";

/**
 * What a container uses, of one sample that holds two moments. The file cache, which the system takes back when
 * it needs it, does not count as memory in use. `limitBytes` 0 or undefined: none.
 */
export function usageOf(stats: ContainerStats, limitBytes: number | undefined): AgentUsage {
  const { cpu_stats: now, precpu_stats: before, memory_stats: memory } = stats;
  const busy = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const elapsed = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const cores = now.online_cpus || now.cpu_usage.percpu_usage?.length || 1;
  const cache = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0;
  return {
    cpuPercent: elapsed > 0 && busy > 0 ? (busy / elapsed) * cores * 100 : 0,
    memoryBytes: Math.max(0, (memory.usage ?? 0) - cache),
    memoryLimitBytes: limitBytes || null,
  };
}
