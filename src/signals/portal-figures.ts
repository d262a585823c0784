import { createHistogram, type Histogram } from "#domain/histogram.ts";

const DURATION_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** `refused`: the person was told why. `failed`: a fault of ours, which is in the log. */
export type RequestResult = "ok" | "refused" | "failed";

type EndpointFigures = Record<RequestResult, number> & { duration: Histogram };

/** What the portal's requests have come to since it started. */
export type PortalFigures = {
  /** `endpoint`: the name of a procedure, or method and path of a route as they are in the access table; never an address. */
  answered(endpoint: string, result: RequestResult, durationMs: number): void;
  /** `reason`: of `domain/sign-in-failure.ts`. */
  signInFailed(reason: string): void;
  /** A page has begun to listen for news. Call what is returned when it stops. */
  listening(): () => void;
  endpoints: ReadonlyMap<string, EndpointFigures>;
  signInFailures: ReadonlyMap<string, number>;
  listeners(): number;
};

export function createPortalFigures(): PortalFigures {
  const endpoints = new Map<string, EndpointFigures>();
  const signInFailures = new Map<string, number>();
  let listeners = 0;
  return {
    endpoints,
    signInFailures,
    listeners: () => listeners,
    answered(endpoint, result, durationMs) {
      const figures = endpoints.get(endpoint) ?? {
        ok: 0,
        refused: 0,
        failed: 0,
        duration: createHistogram(DURATION_S),
      };
      endpoints.set(endpoint, figures);
      figures[result] += 1;
      figures.duration.observe(durationMs / 1000);
    },
    signInFailed(reason) {
      signInFailures.set(reason, (signInFailures.get(reason) ?? 0) + 1);
    },
    listening() {
      listeners += 1;
      let isOver = false;
      return () => {
        if (!isOver) listeners -= 1;
        isOver = true;
      };
    },
  };
}
