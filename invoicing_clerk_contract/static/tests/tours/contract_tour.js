import { addTour } from "@invoicing_clerk/../tests/tours/tour";

addTour("invoicing_clerk_contract_revision", {
    steps: () => [
        {
            content: "The prices are computed by the index",
            trigger: "button[name=action_prepare]",
            run: "click",
        },
        {
            content: "Old and new price are listed",
            trigger: "div[name=line_ids] td[name=new_price]:contains(104.20)",
        },
        {
            trigger: "button[name=action_request_approval]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Waiting)",
        },
    ],
});

addTour("invoicing_clerk_contract_letter", {
    steps: () => [
        {
            content: "Somebody else has approved it",
            trigger: "button[name=action_send_letters]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary:contains(Send)",
            run: "click",
        },
        {
            content: "The letter is sent",
            trigger: ".o_form_view:not(:has(button[name=action_send_letters]))",
        },
        {
            trigger: "button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary:contains(Apply)",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Applied)",
        },
    ],
});
