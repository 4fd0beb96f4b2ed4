import { addTour } from "./tour";

addTour("invoicing_clerk_receipt_match", {
    steps: () => [
        {
            content: "Nothing is proposed yet",
            trigger: "button[name=action_propose_all]",
            run: "click",
        },
        {
            content: "The payment, with the invoice that it names: one click applies it",
            trigger: ".o_data_row:contains(INV/) button[name=action_apply]",
            run: "click",
        },
        {
            content: "It is no longer among the payments to apply",
            trigger: ".o_list_view:not(:has(.o_data_row))",
        },
    ],
});
