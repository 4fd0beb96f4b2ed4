import { addTour } from "./tour";

const sign = [
    {
        content: "The name is part of the signature",
        trigger: ".o_web_sign_name_and_signature input[name=signer]",
        run: "edit Ada",
    },
    {
        content: "A signature is generated from the name",
        trigger: ".o_portal_sign_submit:enabled",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "The reply is recorded",
        trigger: ".alert-success:contains(signed by):contains(Ada)",
    },
    {
        content: "No second reply is possible",
        trigger: ".o_portal_confirmation:not(:has(form))",
    },
];

addTour("invoicing_clerk_confirmation_agrees", {
    steps: () => [
        {
            content: "The request states the balance",
            trigger: ".o_portal_confirmation:contains(101.00)",
        },
        {
            trigger: "input#agrees_yes",
            run: "click",
        },
        {
            trigger: "button[type=submit]:contains(Continue to Signature)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The reply is shown for signature",
            trigger: ".card:contains(The balance agrees with our records)",
        },
        ...sign,
    ],
});

addTour("invoicing_clerk_confirmation_differs", {
    steps: () => [
        {
            trigger: "input#agrees_no",
            run: "click",
        },
        {
            trigger: "input[name^=balance_]",
            run: "edit 90",
        },
        {
            trigger: "button[type=submit]:contains(Continue to Signature)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The reply is shown for signature",
            trigger: ".card:contains(Balance according to our records):contains(90.00)",
        },
        ...sign,
    ],
});

addTour("invoicing_clerk_confirmation_auditor", {
    steps: () => [
        {
            content: "The run, and requests to follow up",
            trigger: ".o_data_row td[name=name]",
            run: "click",
        },
        {
            trigger: "button[name=action_view_open]",
            run: "click",
        },
        {
            trigger: ".o_data_row td[name=partner_id]",
            run: "click",
        },
        {
            content: "One document differs for an unknown reason",
            trigger: "div[name=difference_ids] .o_data_row td[name=cause]",
            run: "click",
        },
        {
            trigger: "div[name=difference_ids] .o_data_row [name=cause] :is(select, input)",
            run: "click",
        },
        {
            content: "It is our error",
            trigger: ".o_select_menu_item:contains(Our Error)",
            run: "click",
        },
        // Core's menu clears a choice that is left before it is on the record.
        {
            trigger: ".o_form_status_indicator_buttons:not(.invisible)",
        },
        {
            trigger: "body:not(:has(.o_select_menu_menu))",
        },
        {
            trigger: "div[name=difference_ids] [name=cause] input:value(Our Error)",
        },
        {
            trigger: "button[name=action_resolve]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=resolved]",
        },
    ],
});
