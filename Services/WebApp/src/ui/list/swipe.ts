// What a swipe over a row comes to. Distances are along the line of text: positive towards its end. Pure.

export type Swipe = "check" | "remove";

const distanceMax = 140;
const distanceShare = 0.36;
const flingDistanceMin = 40;
const flingVelocity = 0.55;

/** Moved far enough sideways to be no tap and no scrolling. */
export const isSideways = (x: number, y: number) => Math.abs(x) > 10 && Math.abs(x) > Math.abs(y) * 1.5;

/** What letting go would do. `velocity` in pixels a millisecond. */
export function swipeOutcome(distance: number, velocity: number, width: number): Swipe | null {
    const far = Math.abs(distance) >= Math.min(distanceMax, width * distanceShare);
    const flung = Math.abs(distance) >= flingDistanceMin && Math.abs(velocity) >= flingVelocity && Math.sign(velocity) === Math.sign(distance);
    const turnedBack = Math.abs(velocity) >= flingVelocity && Math.sign(velocity) !== Math.sign(distance);
    if (turnedBack || !(far || flung)) return null;
    return distance > 0 ? "check" : "remove";
}
