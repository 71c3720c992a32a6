import pytest

from reelwright.prompts.body import MAX_DEPTH, MAX_TAGS
from reelwright.prompts.errors import PromptSyntaxError
from reelwright.prompts.parsing import MAX_FILE_CHARS, content_version, parse_prompt
from reelwright.prompts.rendering import compile_prompt
from reelwright.prompts.schema import InputField, PromptInput
from tests.unit.prompts.writing import SCRIPT, prompt_text


def refusal(text: str) -> PromptSyntaxError:
    with pytest.raises(PromptSyntaxError) as caught:
        compile_prompt(text, source="a.md")
    return caught.value


def where(error: PromptSyntaxError) -> tuple[int, int]:
    return error.line, error.column


def test_front_matter_becomes_a_definition() -> None:
    definition = parse_prompt(SCRIPT).definition
    assert definition.key == "write-script.investing"
    assert (definition.name, definition.category, definition.service) == (
        "write-script",
        "investing",
        "content",
    )
    assert (definition.temperature, definition.max_output_tokens) == (0.5, 4000)
    assert (definition.output, definition.topics) == ("script", ("shares", "funds"))
    assert list(definition.variants.items()) == [("control", 50), ("vivid", 50)]
    assert definition.inputs == (
        PromptInput(name="topic", kind="string", description="what it is about"),
        PromptInput(name="seconds", kind="integer"),
        PromptInput(name="pace", kind="number", optional=True),
        PromptInput(name="strict", kind="boolean", optional=True),
        PromptInput(
            name="notes",
            kind="string",
            optional=True,
            description="the facts, with a comma",
            max_chars=1000,
        ),
        PromptInput(
            name="points",
            kind="string list",
            description="what to say",
            trust="trusted",
            max_items=5,
            max_chars=100,
        ),
        PromptInput(
            name="scenes",
            kind="table list",
            fields=(
                InputField(name="title", kind="string"),
                InputField(name="length", kind="number", optional=True),
            ),
        ),
    )


def test_the_least_that_a_prompt_says() -> None:
    definition = parse_prompt("---\nname: hello\n---\nHello.").definition
    assert (definition.name, definition.inputs, definition.output) == ("hello", (), None)
    assert definition.variants == {"control": 100}


def test_an_inline_schema_is_kept_as_it_is() -> None:
    more = (
        'output:\n  schema: {type: object, additionalProperties: false, properties: {"no": {type: string}}}\n'
    )
    assert parse_prompt(prompt_text("{{text}}", more=more)).definition.output == {
        "type": "object",
        "additionalProperties": False,
        "properties": {"no": {"type": "string"}},
    }


def test_the_version_is_the_text_whatever_its_line_breaks() -> None:
    assert content_version(SCRIPT) == content_version("\ufeff" + SCRIPT.replace("\n", "\r\n"))
    assert content_version(SCRIPT) != content_version(SCRIPT + "\n")
    assert compile_prompt(SCRIPT.replace("\n", "\r\n")).version == content_version(SCRIPT)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", (1, 1), "must begin with '---'"),
        ("Hello.", (1, 1), "must begin with '---'"),
        ("---\nname: x\n", (1, 1), "never closed"),
        ("---\n---\nHello.", (2, 1), "lines of the form"),
        ("---\n- name\n---\n", (2, 1), "lines of the form"),
        ("---\nname: [x\n---\n", (3, 1), "not YAML"),
        ("---\nname: x\nname: y\n---\n", (3, 1), "'name' is given twice"),
        ("---\nname: &a x\n---\n", (2, 7), "the anchor &a is not allowed"),
        ("---\nname: *a\n---\n", (2, 7), "the alias *a is not allowed"),
        ("---\nname: !!python/name:os.system x\n---\n", (2, 7), "a tag is not allowed"),
        ("---\nname: x\n? [a, b]\n: y\n---\n", (3, 3), "a key must be plain text"),
        ("---\nname: Write\n---\n", (2, 1), "name: "),
        ("---\nname: x\nmodle: {}\n---\n", (3, 1), "modle: there is no such key"),
        ("---\nname: x\nmodel:\n  role: chef\n---\n", (4, 3), "model.role: "),
        ("---\nname: x\nconfig:\n  temperature: 3\n---\n", (4, 3), "config.temperature: "),
        ("---\nname: x\nconfig: {temperature: yes}\n---\n", (3, 10), "config.temperature: "),
        ("---\nname: x\noutput: {schema: {a: 1}}\n---\n", (3, 10), "with a 'type'"),
        ("---\nname: x\ninput: {schema: {a: text}}\n---\n", (3, 18), "the type must be one of"),
        ("---\nname: x\ninput: {schema: {a: {b: string}}}\n---\n", (3, 18), "the type must be one of"),
        ("---\nname: x\ninput: {schema: {A: string}}\n---\n", (3, 18), "is no declaration"),
        ("---\nname: x\ninput: {schema: {a.b: string}}\n---\n", (3, 18), "is no declaration"),
        ("---\nname: x\ninput: {schema: {__class__: string}}\n---\n", (3, 18), "is no declaration"),
        ("---\nname: x\ninput: {schema: {variant: string}}\n---\n", (3, 18), "cannot be called 'variant'"),
        ('---\nname: x\ninput: {schema: {a: string, "a?": string}}\n---\n', (3, 9), "declared twice"),
        ("---\nname: x\ninput: {schema: {a(array): integer}}\n---\n", (3, 18), "a list holds text"),
        ("---\nname: x\ninput: {schema: {a(enum): string}}\n---\n", (3, 18), "'enum' is no form"),
        ("---\nname: x\ninput: {schema: {a(array): {}}}\n---\n", (3, 18), "1 to 50 fields"),
        ('---\nname: x\ninput: {schema: {a(array): {b: string, "b?": string}}}\n---\n', (3, 18), "twice"),
        (
            '---\nname: x\ninput: {schema: {a(array): {"b(array)": string}}}\n---\n',
            (3, 29),
            "no lists in lists",
        ),
        ("---\nname: x\nreelwright: {trust: {a: untrusted}}\n---\n", (3, 22), "'a' is no declared input"),
        ("---\nname: x\nreelwright: {limits: {a: 5}}\n---\n", (3, 23), "'a' is no declared input"),
        ("---\nname: x\nreelwright: {variants: {vivid: 1}}\n---\n", (3, 14), "must be 'control'"),
        ("---\nname: x\nreelwright: {variants: {control: 0}}\n---\n", (3, 14), "a weight above 0"),
        ("---\nname: x\nreelwright: {variants: {control: -1}}\n---\n", (3, 25), "greater than or equal"),
        ("---\nname: x\nreelwright: {variants: {control: 1.5}}\n---\n", (3, 25), "valid integer"),
        ("---\nname: x\n---\nHalf \ud83d\n", (4, 6), "no character of Unicode"),
        (prompt_text("", own="trust: {text: maybe}"), (8, 11), "'trusted' or 'untrusted'"),
        (prompt_text("", own="limits: {text: 0}"), (8, 12), "from 1 to 1,000,000"),
        (prompt_text("", own="limits: {text: true}"), (8, 12), "from 1 to 1,000,000"),
        (prompt_text("", own="limits: {text: {items: 1001}}"), (8, 12), "from 1 to 1,000"),
        (prompt_text("", own="limits: {text: {words: 3}}"), (8, 12), "'words' is no limit"),
    ],
)
def test_front_matter_is_refused_with_its_place(text: str, place: tuple[int, int], says: str) -> None:
    error = refusal(text)
    assert (where(error), says in error.message) == (place, True), error.message


def test_front_matter_is_bounded() -> None:
    deep = "a: " + "{a: " * 13 + "x" + "}" * 13
    assert "levels" in refusal(f"---\nname: x\nreelwright:\n  limits: {{{deep}}}\n---\n").problem
    assert "characters" in refusal(f"---\nname: x\ndescription: {'x' * 16_000}\n---\n").problem
    assert "characters" in refusal("x" * (MAX_FILE_CHARS + 1)).problem


@pytest.mark.parametrize(
    ("body", "place", "says"),
    [
        ("{{", (8, 1), "must end with }}"),
        ("a {{text", (8, 3), "must end with }}"),
        ("{{text\n}}", (8, 1), "must end with }} on its line"),
        ("{{{text}}}", (8, 1), "three braces"),
        ("{{te{xt}}", (8, 1), "must end with }}"),
        ("{{! never", (8, 1), "the comment is never closed"),
        ("{{}}", (8, 1), "is no tag"),
        ("{{text.upper}}", (8, 1), "no paths and no attributes"),
        ("{{text.__class__}}", (8, 1), "no paths and no attributes"),
        ("{{text[0]}}", (8, 1), "no paths and no attributes"),
        ("{{../text}}", (8, 1), "is no tag"),
        ("{{@root.text}}", (8, 1), "no paths and no attributes"),
        ("{{__class__}}", (8, 1), "is no tag"),
        ("{{text | upper}}", (8, 1), "no helpers and no expressions"),
        ("{{upper text}}", (8, 1), "no helpers and no expressions"),
        ("{{text + text}}", (8, 1), "no helpers and no expressions"),
        ("{{> other}}", (8, 1), "no partials"),
        ("{{=<% %>=}}", (8, 1), "delimiters cannot be changed"),
        ("{{& text}}", (8, 1), "never escaped as HTML"),
        ("{{#if text}}{{/if}}", (8, 1), "write {{#name}}"),
        ("{{#each text}}{{/each}}", (8, 1), "write {{#name}}"),
        ('{{role "model"}}', (8, 1), 'speaks as "system" or "user"'),
        ("{{role system}}", (8, 1), 'write {{role "system"}}'),
        ("\n{{#text}}", (9, 1), "never closed: {{/text}} is missing"),
        ("{{/text}}", (8, 1), "no section is open"),
        ("{{#variant control}}\n{{/text}}", (9, 1), "{{/variant}} is due"),
        ("{{#.}}{{/.}}", (8, 1), "a section needs the name"),
        ('{{#variant control}}{{role "user"}}{{/variant}}', (8, 21), "cannot change inside a section"),
        ("{{other}}", (8, 1), "other is not declared: declared are text"),
        ("{{.}}", (8, 1), "the item of a list"),
        ("{{#other}}{{/other}}", (8, 1), "other is not declared"),
        ("{{#text}}x{{/text}}", (8, 1), "text is always given"),
        ("{{#variant vivid}}x{{/variant}}", (8, 1), "declared are control"),
        (
            "{{#variant control}}{{#variant control}}x{{/variant}}{{/variant}}",
            (8, 21),
            "this can never be said",
        ),
        ('{{role "user"}}a{{role "system"}}b', (8, 17), '"system" must speak first'),
        ('{{role "user"}}a{{role "user"}}b', (8, 17), "speaks twice"),
    ],
)
def test_a_body_is_refused_with_its_place(body: str, place: tuple[int, int], says: str) -> None:
    error = refusal(prompt_text(body))
    assert (where(error), says in error.message) == (place, True), error.message
    assert error.message.startswith(f"a.md:{place[0]}:{place[1]}: ")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{{words}}", "words is a list"),
        ("{{#words}}{{words}}{{/words}}", "words is not declared: an item of words has ."),
        ("{{#words}}{{name}}{{/words}}", "name is not declared"),
        ("{{^words}}{{.}}{{/words}}", "the item of a list"),
        ("{{#things}}{{.}}{{/things}}", ". is not declared: an item of things has name, size"),
        ("{{#things}}{{words}}{{/things}}", "words is not declared"),
        ("{{#things}}{{size}}{{/things}}", "size may be missing here"),
        ("{{#things}}{{#name}}x{{/name}}{{/things}}", "name is always given"),
        ("{{#things}}{{#things}}x{{/things}}{{/things}}", "things is not declared"),
        ("{{maybe}}", "maybe may be missing here"),
        ("{{^maybe}}{{maybe}}{{/maybe}}", "maybe may be missing here"),
        ("{{#maybe}}x{{/maybe}}{{maybe}}", "maybe may be missing here"),
    ],
)
def test_sections_show_only_what_is_theirs(body: str, says: str) -> None:
    inputs = 'maybe?: string\nwords(array): string\nthings(array): {name: string, "size?": number}'
    assert says in refusal(prompt_text(body, inputs)).message


def test_bodies_are_bounded() -> None:
    deep = "".join("{{#maybe}}" for _ in range(MAX_DEPTH + 1))
    assert "lie in each other" in refusal(prompt_text(deep, "maybe?: string")).problem
    assert "tags" in refusal(prompt_text("{{text}}" * (MAX_TAGS + 1))).problem
