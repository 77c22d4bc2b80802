from prismake.review.plot_names import kind_and_subject, plot_names, plots_used

CONFIG = {"synthesis": {"meta": {"pain": {}}}, "appraisal": {"designs": {"trial": ["rob2"]}}}


def test_each_analysis_and_each_form_has_its_plots():
    names = plot_names(CONFIG)
    assert {"forest_pain", "leave_one_out_pain", "trim_and_fill_pain", "lights_rob2", "harvest"} <= set(names)
    assert all(kind_and_subject(name)[1] in ("pain", "rob2", "") for name in names)
    assert kind_and_subject("trim_and_fill_all_cause") == ("trim_and_fill", "all_cause")
    assert plot_names({}) == []


def test_only_plots_that_the_text_names_are_used(tmp_path):
    text = tmp_path / "01.md"
    text.write_text('{{ figure("forest_pain") }} and forest_pain2, [@fig:lights_rob2]', encoding="utf-8")
    assert plots_used([text], plot_names(CONFIG)) == ["forest_pain", "lights_rob2"]
