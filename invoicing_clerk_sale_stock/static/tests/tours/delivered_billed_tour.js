import { addTour, withClicks } from "@invoicing_clerk/../tests/tours/tour";

addTour("invoicing_clerk_delivered_billed", {
    steps: () => [
        {
            content: "What was delivered and not billed is listed first",
            trigger: ".o_data_row td[name=to_bill]:contains(10.00)",
        },
        ...withClicks(4, [
            {
                content: "Show it as of another day",
                trigger: "button:contains(As of Date)",
                run: "click",
            },
            {
                trigger: ".modal .o_field_widget[name=date] input",
                run: "edit 01/12/2026",
            },
            {
                trigger: ".modal button[name=action_open]",
                run: "click",
            },
            {
                content: "On that day nothing had come back",
                trigger: ".o_breadcrumb:contains(as of 01/12/2026)",
            },
            {
                trigger: ".o_data_row td[name=to_bill]:contains(10.00)",
                run: "click",
            },
            {
                content: "The order is there to be invoiced",
                trigger: ".o_form_view .o_field_widget[name=order_line]",
            },
        ]),
    ],
});
