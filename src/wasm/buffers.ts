// Where bodies are copied to, and the place and number of each value that is left to the caller.
export let body: usize = 0;
let bodySize: usize = 0;
export let values: usize = 0;
export let rest: usize = 0;
let valuesSize: u32 = 0;

/** Where to put a body of so many bytes. Good until the next call. Behind it stands a NUL. */
export function bodyFor(length: u32): usize {
  const needed = <usize>length + 16;
  if (needed > bodySize) {
    if (body != 0) heap.free(body);
    bodySize = needed + needed / 4;
    body = heap.alloc(bodySize);
  }
  store<u8>(body + length, 0);
  return body;
}

/** Where `read` puts so many values, as doubles, and `keep` finds where values begin and end, as pairs of u32. */
export function valuesFor(count: u32): usize {
  if (count > valuesSize) {
    if (values != 0) {
      heap.free(values);
      heap.free(rest);
    }
    valuesSize = count + count / 4 + 64;
    values = heap.alloc((<usize>valuesSize) << 3);
    rest = heap.alloc((<usize>valuesSize) << 3);
  }
  return values;
}

/** Where `read` says which values it has left: pairs of u32, number and place in the body. */
export function restAt(): usize {
  return rest;
}

/** Room for so many values, behind those that are there. */
export function growValues(size: u32): void {
  if (size <= valuesSize) return;
  values = regrown(values, (<usize>valuesSize) << 3, (<usize>size) << 3);
  rest = regrown(rest, (<usize>valuesSize) << 3, (<usize>size) << 3);
  valuesSize = size;
}

/** The array in memory of that size, its first `length` bytes as they were. */
export function regrown(array: usize, length: usize, size: usize): usize {
  const grown = heap.alloc(size);
  if (array != 0) {
    memory.copy(grown, array, length);
    heap.free(array);
  }
  return grown;
}
