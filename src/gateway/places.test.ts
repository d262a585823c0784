import { expect, it } from "vitest";

import { createPlaces } from "#gateway/places.ts";

it("holds what was added and not removed", () => {
  const places = createPlaces<string>();
  const [first, second] = [places.add("first"), places.add("second")];
  places.remove(first);
  const third = places.add("third");
  places.replace(second, "second, replaced");
  expect(places.all().toSorted()).toEqual(["second, replaced", "third"]);
  expect([places.at(second), places.at(third)]).toEqual(["second, replaced", "third"]);
  places.remove(third);
  expect(places.at(third)).toBeNull();
});

it("lets values be removed while all are gone through", () => {
  const places = createPlaces<() => void>();
  const ended: number[] = [];
  for (let call = 0; call < 3; call += 1) {
    const place = places.add(() => {
      places.remove(place);
      ended.push(call);
    });
  }
  for (const end of places.all()) end();
  expect(ended).toEqual([0, 1, 2]);
  expect(places.all()).toEqual([]);
});

it("needs no more places than there were ever values at once", () => {
  const places = createPlaces<number>();
  const used = new Set<number>();
  for (let value = 0; value < 100; value += 1) {
    const [one, other] = [places.add(value), places.add(value)];
    used.add(one).add(other);
    places.remove(one);
    places.remove(other);
  }
  expect(used.size).toBe(2);
});
