import { addTour } from "./tour";

const card = (name) => `.o_kanban_record:contains(${name})`;

addTour("invoicing_clerk_setup", {
    steps: () => [
        {
            content: "The checklist says what it found",
            trigger: `${card("start date")}:contains(not marked as sent):contains(To Do)`,
        },
        {
            trigger: `${card("start date")} button[name=action_open]`,
            run: "click",
        },
        {
            content: "The settings open with the start date",
            trigger: ".modal .o_field_widget[name=clerk_work_start] input",
            run: "edit 01/01/2026",
        },
        {
            trigger: ".modal footer button[name=action_save]",
            run: "click",
        },
        {
            content: "The step is done",
            trigger: `body:not(:has(.modal)) ${card("start date")}:contains(Done)`,
        },
        {
            content: "What an administrator does has no button",
            trigger: `${card("credit limits")}:contains(administrator):not(:has(button[name=action_open]))`,
        },
        {
            trigger: `${card("credit limits")} button[name=action_confirm]`,
            run: "click",
        },
        {
            content: "It can be taken back",
            trigger: `${card("credit limits")} button[name=action_reopen]`,
        },
    ],
});
