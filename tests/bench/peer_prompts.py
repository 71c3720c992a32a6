"""What others take to render the prompt of prompt_scene; run by prompt_speed in the peers' environment.

Each has the same prompt in its own words, strict about undefined names where it can be: microseconds of
processor time by block to render what was compiled before, the same to compile and render, and the words.
"""

import json
import string
from collections.abc import Callable
from typing import Any

import chevron
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from liquid import Environment
from liquid import StrictUndefined as StrictLiquid
from prompt_scene import CASES, RULES, answers, timed

JINJA = f"""\
You write scripts.
{RULES}
Topic: {{{{ topic }}}}
Time: {{{{ seconds }}}} s
{{% if audience %}}
Audience: {{{{ audience }}}}
{{% endif %}}
{{% for point in points %}}
- {{{{ point }}}}
{{% endfor %}}
{{% for scene in scenes %}}
* {{{{ scene.title }}}} ({{{{ scene.seconds }}}} s)
{{% endfor %}}
{{{{ notes }}}}
"""
MUSTACHE = f"""\
You write scripts.
{RULES}
Topic: {{{{{{topic}}}}}}
Time: {{{{seconds}}}} s
{{{{#audience}}}}
Audience: {{{{{{audience}}}}}}
{{{{/audience}}}}
{{{{#points}}}}
- {{{{{{.}}}}}}
{{{{/points}}}}
{{{{#scenes}}}}
* {{{{{{title}}}}}} ({{{{seconds}}}} s)
{{{{/scenes}}}}
{{{{{{notes}}}}}}
"""
Render = Callable[[dict[str, Any]], str]


def jinja() -> tuple[Render, Render]:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, cache_size=0
    )
    compiled = environment.from_string(JINJA)
    return compiled.render, lambda case: environment.from_string(JINJA).render(case)


def liquid() -> tuple[Render, Render]:
    environment = Environment(undefined=StrictLiquid)
    compiled = environment.from_string(JINJA)
    return lambda case: compiled.render(**case), lambda case: environment.from_string(JINJA).render(**case)


def mustache() -> tuple[Render, Render]:
    """Chevron keeps what it has read by its text; the second empties that."""

    def afresh(case: dict[str, Any]) -> str:
        chevron.renderer.g_token_cache.clear()
        return chevron.render(MUSTACHE, case)

    return lambda case: chevron.render(MUSTACHE, case), afresh


def floor() -> tuple[Render, Render]:
    """The same by hand, for this prompt only."""

    def render(case: dict[str, Any]) -> str:
        parts = ["You write scripts.\n", RULES, f"\nTopic: {case['topic']}\nTime: {case['seconds']} s\n"]
        parts += [f"Audience: {case['audience']}\n"] if case["audience"] else []
        parts += [f"- {point}\n" for point in case["points"]]
        parts += [f"* {scene['title']} ({scene['seconds']} s)\n" for scene in case["scenes"]]
        return "".join([*parts, case["notes"], "\n"])

    return render, render


def template() -> tuple[Render, Render]:
    """The standard library's, which knows no sections: they are made by hand."""
    text = string.Template(f"You write scripts.\n{RULES}\nTopic: $topic\nTime: $seconds s\n$more$notes\n")

    def render(case: dict[str, Any]) -> str:
        more = f"Audience: {case['audience']}\n" if case["audience"] else ""
        more += "".join([f"- {point}\n" for point in case["points"]])
        more += "".join([f"* {scene['title']} ({scene['seconds']} s)\n" for scene in case["scenes"]])
        return text.substitute(topic=case["topic"], seconds=case["seconds"], more=more, notes=case["notes"])

    return render, render


def main() -> None:
    peers = {
        "floor: f-strings": floor,
        "string.Template, sections by hand": template,
        "Jinja2, sandboxed": jinja,
        "python-liquid": liquid,
        "chevron": mustache,
    }
    found = {}
    for name, make in peers.items():
        render, afresh = make()
        found[name] = {
            "answers": answers(render, CASES),
            "render": timed(render, CASES),
            "compile": timed(afresh, CASES),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
