import { registry } from "@web/core/registry";

// The longest that core allows; its default, ten seconds, fails on a machine under load.
const PATIENCE = 60000;

/** Add a tour whose steps wait up to a minute each. */
export function addTour(name, { steps, ...tour }) {
    registry.category("web_tour.tours").add(name, {
        ...tour,
        steps: () => steps().map((step) => ({ timeout: PATIENCE, ...step })),
    });
}

/** Surround steps by a count of the clicks that reach the page in between. */
export function withClicks(expected, steps) {
    let clicks = 0;
    const count = () => (clicks += 1);
    return [
        {
            content: "Start counting clicks",
            trigger: "body",
            run: () => document.addEventListener("click", count, true),
        },
        ...steps,
        {
            content: `No more than ${expected} clicks`,
            trigger: "body",
            run: () => {
                document.removeEventListener("click", count, true);
                if (clicks !== expected) {
                    throw new Error(`${clicks} clicks, not ${expected}`);
                }
            },
        },
    ];
}
