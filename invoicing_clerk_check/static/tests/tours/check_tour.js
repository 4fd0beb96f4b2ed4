import { addTour } from "@invoicing_clerk/../tests/tours/tour";
import { VOUCHER, current, prepare } from "@invoicing_clerk/../tests/tours/voucher_tour";

addTour("invoicing_clerk_check_prepare", { steps: prepare });

addTour("invoicing_clerk_check_approve", {
    steps: () => [
        VOUCHER,
        { trigger: "button[name=action_approve]", run: "click" },
        current("approved"),
    ],
});

addTour("invoicing_clerk_check_print", {
    steps: () => [
        VOUCHER,
        { trigger: "button[name=action_print_checks]", run: "click" },
        {
            content: "Compare the number with the stock in the printer",
            trigger: ".modal .o_field_widget[name=first_number] input",
            run: "edit 0042",
        },
        { trigger: ".modal button[name=action_print]", run: "click" },
        {
            content: "The dialog closes when the file is there",
            trigger: "body:not(:has(.modal))",
        },
        current("paid"),
    ],
});

addTour("invoicing_clerk_check_reprint", {
    steps: () => [
        {
            content: "The spoiled check",
            trigger: ".o_data_row td[name=name]:contains(0042)",
            run: "click",
        },
        { trigger: "button:contains(Void and Reprint)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Toner smeared",
        },
        { trigger: ".modal button[name=action_reprint]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        current("spoiled"),
    ],
});
