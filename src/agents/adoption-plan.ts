import {
  mergedEnvironment,
  ownEnvironment,
  type RoutedVariable,
  restoreEnvironment,
  routeEnvironment,
  valueIn,
} from "#agents/adoption-environment.ts";
import type { AdoptedAgent } from "#agents/adoption-store.ts";
import { CUSTOM_HEADERS, type RoutingVariables } from "#agents/agent-environment.ts";
import { hashKey } from "#agents/agent-token.ts";
import { headerIn } from "#agents/custom-headers.ts";
import type { DockerEngine, InspectedContainer } from "#agents/docker-engine.ts";

/** A container and what its image brings. */
export type ContainerToRoute = {
  container: InspectedContainer;
  /** The container's own part of its environment, as it would be without us. */
  own: string[];
  /** Of the image that it would be made from now; null: that image is gone. */
  imageEnvironment: string[] | null;
  isImageNewer: boolean;
};

/** The environment that a container is to have: its own part, and all of it. `routed` null: nothing of ours. */
export type EnvironmentPlan = { own: string[]; whole: string[]; routed: RoutedVariable[] | null };

/** Reads a container and its image. `agent`: our record of it, whose variables do not count as the container's own. */
export async function readContainer(
  engine: DockerEngine,
  container: InspectedContainer,
  agent: AdoptedAgent | null,
): Promise<ContainerToRoute> {
  const [made, present] = await Promise.all([engine.image(container.Image), engine.image(container.Config.Image)]);
  const own = ownEnvironment(container.Config.Env, made?.Config.Env ?? []);
  return {
    container,
    own: restoreEnvironment(own, agent?.routedAt ? agent.routed : []),
    imageEnvironment: present === null ? null : (present.Config.Env ?? []),
    isImageNewer: present !== null && present.Id !== container.Image,
  };
}

export function planRouting(
  { own, imageEnvironment }: ContainerToRoute,
  routing: RoutingVariables & { keepsBaseUrl?: boolean },
): EnvironmentPlan {
  const ofImage = imageEnvironment ?? [];
  const { environment, routed } = routeEnvironment(own, ofImage, routing);
  return { own: environment, whole: mergedEnvironment(environment, ofImage), routed };
}

/** As it was before we came. */
export function planGivingBack({ own, imageEnvironment }: ContainerToRoute): EnvironmentPlan {
  return { own, whole: mergedEnvironment(own, imageEnvironment ?? []), routed: null };
}

/** The key that the container already has, where it is the one in force: then nobody needs a new one. */
export function keyInForce(container: InspectedContainer, agent: AdoptedAgent | null): string | null {
  const key = headerIn(valueIn(container.Config.Env, CUSTOM_HEADERS) ?? "", "X-Trinity-Agent");
  return key !== null && agent !== null && hashKey(key).equals(agent.keyHash) ? key : null;
}
