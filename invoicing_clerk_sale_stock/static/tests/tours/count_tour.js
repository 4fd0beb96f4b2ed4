import { addTour, withClicks } from "@invoicing_clerk/../tests/tours/tour";

addTour("invoicing_clerk_count", {
    steps: () => [
        {
            content: "The list does not say how many there should be",
            trigger: ".o_field_widget[name=line_ids]:not(:has(th[data-name=difference]))",
        },
        ...withClicks(3, [
            {
                trigger: ".o_data_row td[name=counted]",
                run: "click",
            },
            {
                content: "Enter what is there",
                trigger: ".o_data_row [name=counted] input",
                run: "edit 7",
            },
            {
                trigger: "button[name=action_enter]",
                run: "click",
            },
            {
                content: "Three are missing",
                trigger: ".o_data_row td[name=difference]:contains(-3.00)",
            },
        ]),
    ],
});

addTour("invoicing_clerk_count_review", {
    steps: () => [
        ...withClicks(2, [
            {
                trigger: "button[name=action_review]",
                run: "click",
            },
            {
                content: "The missing goods are a finding",
                trigger: "button[name=action_view_findings]:contains(1)",
                run: "click",
            },
            {
                trigger: ".o_list_view .o_group_header, .o_data_row:contains(Garden bench)",
            },
        ]),
    ],
});
