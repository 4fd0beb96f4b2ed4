import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const sign = [
    {
        content: "The name is part of the signature",
        trigger: ".o_web_sign_name_and_signature input[name=signer]",
        run: "edit Ada",
    },
    {
        content: "The name makes a signature by itself",
        trigger: ".o_portal_sign_submit:enabled",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "It arrived",
        trigger: ".alert-success:contains(This was signed by):contains(Ada)",
    },
    {
        content: "And cannot be answered again",
        trigger: ".o_portal_confirmation:not(:has(form))",
    },
];

tours.add("invoicing_clerk_confirmation_agrees", {
    steps: () => [
        {
            content: "The letter says what the books say",
            trigger: ".o_portal_confirmation:contains(101.00)",
        },
        {
            trigger: "input#agrees_yes",
            run: "click",
        },
        {
            trigger: "button[type=submit]:contains(Go On to Sign)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "This is what is signed",
            trigger: ".card:contains(We agree with the balance)",
        },
        ...sign,
    ],
});

tours.add("invoicing_clerk_confirmation_differs", {
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
            trigger: "button[type=submit]:contains(Go On to Sign)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "This is what is signed",
            trigger: ".card:contains(In our books there was open):contains(90.00)",
        },
        ...sign,
    ],
});

tours.add("invoicing_clerk_confirmation_auditor", {
    steps: () => [
        {
            content: "The run, and what is to be worked on",
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
            content: "One document differs, nobody knows why",
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
        {
            trigger: "button[name=action_resolve]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=resolved]",
        },
    ],
});
