import { expect, it } from "vitest";

import { createInFlight } from "#gateway/in-flight.ts";

it("ends the calls that are under way, and none that has ended", () => {
  const inFlight = createInFlight();
  const ended: string[] = [];
  const add = (name: string) => inFlight.add((errorType) => ended.push(`${name} ${errorType}`));
  const [first] = [add("first"), add("second")];
  inFlight.remove(first);
  add("third");
  inFlight.abandonAll("gateway_stopped");
  expect(ended.toSorted()).toEqual(["second gateway_stopped", "third gateway_stopped"]);
});

it("lets calls end themselves while all are ended", () => {
  const inFlight = createInFlight();
  const ended: number[] = [];
  for (let call = 0; call < 3; call += 1) {
    const place = inFlight.add(() => {
      inFlight.remove(place);
      ended.push(call);
    });
  }
  inFlight.abandonAll("gateway_stopped");
  inFlight.abandonAll("gateway_stopped");
  expect(ended).toEqual([0, 1, 2]);
});

it("needs no more places than calls were ever under way at once", () => {
  const inFlight = createInFlight();
  const places = new Set<number>();
  for (let call = 0; call < 100; call += 1) {
    const [one, other] = [inFlight.add(() => undefined), inFlight.add(() => undefined)];
    places.add(one).add(other);
    inFlight.remove(one);
    inFlight.remove(other);
  }
  expect(places.size).toBe(2);
});
