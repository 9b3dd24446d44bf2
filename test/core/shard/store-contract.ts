import { describe, expect, test } from "vitest";
import type { Change, PartitionStore } from "../../../src/core/shard/store.ts";

/** What a store is opened on: the same place again and again. */
export interface StorePlace extends Disposable {
  open(): PartitionStore;
}

function change(partition: number, kind: Change["kind"], ...bytes: number[]): Change {
  return { partition, kind, bytes: Uint8Array.from(bytes) };
}

function contents(store: PartitionStore, partition: number): unknown {
  const { image, log } = store.load(partition);
  return [image && [...image], log.map((record) => Array.from(record))];
}

function contentsOfAll(store: PartitionStore): unknown {
  return [contents(store, 0), contents(store, 1), contents(store, 63)];
}

/** What every store does that keeps anything. `within` runs a test where its store can be reached. */
export function storeContract(
  name: string,
  newPlace: () => StorePlace,
  within: (work: () => void) => void | Promise<void> = (work) => work(),
): void {
  const it = (what: string, work: () => void): void => test(what, () => within(work));
  describe(`${name} as a store`, () => {
    it("has nothing at first", () => {
      using place = newPlace();
      const store = place.open();
      expect([contents(store, 0), store.observedMs()]).toEqual([[undefined, []], 0]);
    });

    it("has what was committed, in order, when it is opened again", () => {
      using place = newPlace();
      const store = place.open();
      store.commit({ observedMs: 5, changes: [change(0, "image", 1, 2), change(63, "image", 9)] });
      store.commit({ observedMs: 7, changes: [change(0, "append", 3)] });
      store.commit({ observedMs: 7.25, changes: [change(0, "append", 4, 5), change(63, "append", 8)] });
      const all = [
        [
          [1, 2],
          [[3], [4, 5]],
        ],
        [undefined, []],
        [[9], [[8]]],
      ];
      expect(contentsOfAll(store)).toEqual(all);
      store.close();
      const again = place.open();
      expect([contentsOfAll(again), again.observedMs()]).toEqual([all, 7.25]);
      again.close();
    });

    it("has an image in the place of the one before it, and of the log", () => {
      using place = newPlace();
      const store = place.open();
      store.commit({ observedMs: 1, changes: [change(1, "image", 1), change(2, "image", 2)] });
      store.commit({ observedMs: 1, changes: [change(1, "append", 3), change(2, "append", 4)] });
      store.commit({ observedMs: 1, changes: [change(1, "image", 5)] });
      store.commit({ observedMs: 1, changes: [change(1, "append", 6)] });
      expect([contents(store, 1), contents(store, 2)]).toEqual([
        [[5], [[6]]],
        [[2], [[4]]],
      ]);
      store.close();
    });

    it("takes records and images of many megabytes, and a commit of nothing", () => {
      using place = newPlace();
      const store = place.open();
      const large = Uint8Array.from({ length: 3 * 2 ** 20 + 1 }, (_, i) => i % 251);
      store.commit({ observedMs: 1, changes: [{ partition: 3, kind: "image", bytes: large }] });
      store.commit({ observedMs: 1, changes: [{ partition: 3, kind: "append", bytes: large }] });
      store.commit({ observedMs: 2, changes: [change(3, "append", 1)] });
      store.commit({ observedMs: 3, changes: [] });
      store.close();
      const again = place.open();
      const { image, log } = again.load(3);
      expect(Buffer.compare(image ?? new Uint8Array(), large)).toBe(0);
      expect(log.map(({ length }) => length)).toEqual([large.length, 1]);
      expect(Buffer.compare(log[0] ?? new Uint8Array(), large)).toBe(0);
      expect(again.observedMs()).toBe(3);
      again.close();
    });

    it("never lets observed time fall", () => {
      using place = newPlace();
      const [one, other] = [place.open(), place.open()];
      one.commit({ observedMs: 9, changes: [] });
      other.commit({ observedMs: 4, changes: [] });
      expect(other.observedMs()).toBe(9);
      one.close();
      other.close();
    });

    it("can be tried, which leaves nothing behind", () => {
      using place = newPlace();
      const store = place.open();
      store.commit({ observedMs: 1, changes: [change(0, "image", 1)] });
      store.probe();
      expect(contents(store, 0)).toEqual([[1], []]);
      store.close();
    });
  });
}
