// Two complaints about one matter are merged, and the merge is undone.
import { registry } from "@web/core/registry";
import { APP, click, openApp, see } from "./complaint_tour_steps";

registry.category("web_tour.tours").add("complaint_merge", {
    steps: () => [
        ...openApp(APP, ".o_complaint_kanban .o_kanban_renderer"),
        click(".o_kanban_record:contains(Dirty towels)"),
        see(
            ".o_complaint_similar:contains(Towels not changed):contains(same matter)",
            "it sounds like an earlier one"
        ),
        click(".o_complaint_similar button[name=action_complaint_merge]"),
        see(
            ".modal .o_complaint_comparison:contains(The towels in room 214):contains(Towels in my room)",
            "both are in sight, side by side"
        ),
        see(
            ".modal .o_complaint_comparison th:contains(Kept)",
            "the one received first stays"
        ),
        click(".modal button[name=action_merge]"),
        see(".o_complaint_form .o_field_widget[name=name] :value('Towels not changed')"),
        see(".o_complaint_merges:contains(Dirty towels)"),
        see(".o-mail-Message:contains(Towels in my room)"),

        click(
            ".o_complaint_merges button[name=action_complaint_unmerge]",
            "they were not the same after all"
        ),
        click(".modal button:contains(Undo Merge)"),
        see(".o_complaint_form .o_field_widget[name=name] :value('Dirty towels')"),
        see(
            ".o_complaint_form:not(:has(.o_complaint_similar)):not(:has(.o_complaint_merged))",
            "nobody is asked again"
        ),
    ],
});
