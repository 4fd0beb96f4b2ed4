import { addTour } from "./tour";

function openTest(code) {
    return [
        {
            content: `The test ${code}`,
            trigger: `.o_data_row:contains(${code}) td[name=test_id]`,
            run: "click",
        },
        {
            content: "It has a result",
            trigger: ".o_form_view .o_arrow_button_current:contains(Done)",
        },
    ];
}

const openExceptions = {
    content: "The exceptions",
    trigger: ".o_form_view button[name=action_open_exceptions]:contains(Exceptions)",
    run: "click",
};

const openEngagement = {
    content: "The engagement of half a year",
    trigger: ".o_data_row:contains(First half) td[name=name]",
    run: "click",
};

// Two clicks: the engagement, and its button.
addTour("invoicing_clerk_audit_tests_queue", {
    steps: () => [
        openEngagement,
        {
            content: "Run all tests",
            trigger: "button[name=action_run_tests]",
            run: "click",
        },
        {
            content: "They wait for the background",
            trigger: ".o_data_row:contains(LIMIT) td[name=state]:contains(Waiting)",
        },
        {
            content: "Back to the engagement",
            trigger: ".o_breadcrumb a:contains(First half)",
            run: "click",
        },
        {
            content: "It shows the progress",
            trigger: ".alert:visible div[name=test_progress]",
        },
    ],
});

addTour("invoicing_clerk_audit_tests", {
    steps: () => [
        openEngagement,
        {
            content: "Nothing is left to run",
            trigger: ".o_form_view:not(:has(div[name=test_progress]))",
        },
        {
            content: "The tests",
            trigger: "button[name=action_open_tests]",
            run: "click",
        },
        {
            content: "All tests are there, by area",
            trigger: ".o_group_name:contains(Entries)",
        },
        ...openTest("LIMIT"),
        openExceptions,
        {
            content: "One exceeds the limit",
            trigger: ".o_data_row:contains(Exceeds the limit) td[name=explanation]",
            run: "click",
        },
        {
            content: "It is in order",
            trigger: ".o_form_view button[name=action_clear]",
            run: "click",
        },
        {
            trigger: ".modal div[name=text] textarea",
            run: "edit Contract seen",
        },
        {
            trigger: ".modal button[name=action_apply]:visible",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Cleared)",
        },
        {
            content: "Back to the test",
            trigger: ".o_form_view div[name=run_id] a, .o_form_view a[name=run_id]",
            run: "click",
        },
        {
            content: "Run it again to compare",
            trigger: "button[name=action_run_again]",
            run: "click",
        },
        {
            content: "Cleared exceptions stay cleared",
            trigger: "button[name=action_open_new]:contains(0)",
        },
        {
            content: "Open the tests of all engagements from the menu",
            trigger: "button[data-menu-xmlid='invoicing_clerk.menu_audit']",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='invoicing_clerk.menu_audit_test_run']",
            run: "click",
        },
        {
            trigger: ".o_group_name:contains(First half)",
        },
        ...openTest("DUP"),
        openExceptions,
        {
            trigger: ".o_data_row:contains(same lines) td[name=explanation]",
            run: "click",
        },
        {
            content: "A duplicate invoice",
            trigger: ".o_form_view button[name=action_raise_finding]",
            run: "click",
        },
        {
            content: "A finding, to be completed",
            trigger: ".o_form_view:contains(Title)",
        },
    ],
});
