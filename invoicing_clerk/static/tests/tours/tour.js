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
