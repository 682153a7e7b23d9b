package llm

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// screened is what a screen makes of pieces of text.
type screened struct {
	text   string // what is left for the visitor
	shown  string // what was shown at some time, with what was taken back
	person bool
	calls  int
}

func screenOf(pieces ...string) screened {
	var r screened
	var text strings.Builder
	s := screen{}
	s.say = func(words string) { text.WriteString(words); r.shown += words }
	s.void = func() { text.Reset() }
	for _, p := range pieces {
		s.feed(p)
	}
	s.end()
	r.text = strings.TrimSpace(tidy(text.String()))
	r.calls = len(s.calls)
	for _, c := range s.calls {
		r.person = r.person || callsPerson(c)
	}
	return r
}

// thoughtCases are answers with thoughts in them, and what a visitor reads of them.
var thoughtCases = map[string][2]string{
	"colors of a terminal":     {"\x1b[31mIt costs\x1b[0m 9\r\n€\u00ad.\x1b]0;t\a", "It costs 9\n€."},
	"none":                     {"It costs 9 €.", "It costs 9 €."},
	"at the beginning":         {"<think>\nThe visitor is rude: SECRET.\n</think>\n\nIt costs 9.", "It costs 9."},
	"empty":                    {"<think>\n\n</think>\n\nIt costs 9.", "It costs 9."},
	"thinking":                 {"<thinking>SECRET</thinking>It costs 9.", "It costs 9."},
	"thought":                  {"<thought>SECRET</thought>It costs 9.", "It costs 9."},
	"reasoning":                {"<reasoning>SECRET</reasoning>It costs 9.", "It costs 9."},
	"Seed":                     {"<seed:think>SECRET</seed:think>It costs 9.", "It costs 9."},
	"Claude, by a proxy":       {"<thinking>SECRET</thinking>It costs 9.", "It costs 9."},
	"upper case":               {"<THINK>SECRET</Think>It costs 9.", "It costs 9."},
	"spaces in the tags":       {"< think >SECRET</ think >It costs 9.", "It costs 9."},
	"an attribute":             {`<think duration="3">SECRET</think>It costs 9.`, "It costs 9."},
	"in the middle":            {"First this. <think>SECRET</think>Then that.", "First this. Then that."},
	"several":                  {"<think>SECRET</think>One. <think>SECRET</think>Two.", "One. Two."},
	"nested":                   {"<think>a SECRET <think>deeper SECRET</think> more SECRET</think>It costs 9.", "It costs 9."},
	"about its own tag":        {"<think>SECRET: the tag <think> is asked about</think>It costs 9.", "It costs 9."},
	"no closing tag":           {"<think>SECRET, and then it was cut", ""},
	"no closing tag, text":     {"It costs 9. <think>SECRET, and then it was cut", "It costs 9."},
	"no opening tag":           {"I look at the SECRET price. It is 3.\n</think>\n\nIt costs 9.", "It costs 9."},
	"no opening tag, Okay":     {"Okay, the user wants SECRET.\n</think>\n\nIt costs 9.", "It costs 9."},
	"no opening, twice closed": {"SECRET</think>SECRET again</think>It costs 9.", "It costs 9."},
	"a block in the thoughts":  {"I try this SECRET:\n```\ncode, and no end\n</think>\n\nIt costs 9.", "It costs 9."},
	"Magistral":                {"[THINK]SECRET[/THINK]It costs 9.", "It costs 9."},
	"Magistral, no opening":    {"SECRET[/THINK]It costs 9.", "It costs 9."},
	"Kimi":                     {"◁think▷SECRET◁/think▷It costs 9.", "It costs 9."},
	"Cohere":                   {"<|START_THINKING|>SECRET<|END_THINKING|><|START_RESPONSE|>It costs 9.<|END_RESPONSE|>", "It costs 9."},
	"begin_of_thought":         {"<|begin_of_thought|>SECRET<|end_of_thought|><|begin_of_solution|>It costs 9.<|end_of_solution|>", "It costs 9."},
	"Apertus":                  {"<|inner_prefix|>SECRET<|inner_suffix|>It costs 9.", "It costs 9."},
	"Open WebUI":               {`<details type="reasoning" done="true"><summary>Thought for 3 seconds</summary>` + "\n> SECRET\n</details>\nIt costs 9.", "It costs 9."},
	"harmony":                  {"<|channel|>analysis<|message|>SECRET<|end|><|start|>assistant<|channel|>final<|message|>It costs 9.<|return|>", "It costs 9."},
	"harmony, from the start":  {"<|start|>assistant<|channel|>analysis<|message|>SECRET <b>x</b><|end|><|start|>assistant<|channel|>commentary<|message|>SECRET<|end|><|start|>assistant<|channel|>final<|message|>It costs 9.", "It costs 9."},
	"harmony, thoughts alone":  {"<|channel|>analysis<|message|>SECRET", ""},
	"harmony, lost tokens":     {"analysisWe look at the SECRET.assistantfinalIt costs 9.", "It costs 9."},
	"Gemma":                    {"<|channel>thought\nSECRET<channel|>It costs 9.", "It costs 9."},
	"Granite":                  {"Here is my thought process: SECRET. Here is my response: It costs 9.", "It costs 9."},
	"ReAct":                    {"Thought: SECRET.\nFinal Answer: It costs 9.", "It costs 9."},
	"a terminal":               {"Thinking...\nSECRET\n...done thinking.\n\nIt costs 9.", "It costs 9."},
	"answer tags":              {"<think>SECRET</think><answer>It costs 9.</answer>", "It costs 9."},
	"end of text":              {"It costs 9.<|im_end|>\n<|im_start|>user\nSECRET", "It costs 9."},
	"llama":                    {"<|start_header_id|>assistant<|end_header_id|>\n\nIt costs 9.<|eot_id|>", "It costs 9."},
	"end of sentence":          {"It costs 9.</s>", "It costs 9."},
	"DeepSeek's end":           {"It costs 9.<｜end▁of▁sentence｜>", "It costs 9."},
	"Gemma's turn":             {"It costs 9.<end_of_turn>\n<start_of_turn>user\nSECRET", "It costs 9."},
	"a made-up result":         {"It costs 9.<tool_response>SECRET</tool_response>", "It costs 9."},

	"told about in a span":     {"Write `<think>` and `</think>` around it.", "Write `<think>` and `</think>` around it."},
	"told about in a block":    {"Like this:\n\n```xml\n<think>a thought</think>\n```\n\nDone.", "Like this:\n\n```xml\n<think>a thought</think>\n```\n\nDone."},
	"told about in JSON":       {"```json\n{\"text\": \"<think>x</think>\"}\n```", "```json\n{\"text\": \"<think>x</think>\"}\n```"},
	"a block, then thoughts":   {"```\na <think> b\n```\n<think>SECRET</think>It costs 9.", "```\na <think> b\n```\nIt costs 9."},
	"smaller and larger":       {"5 < 6 and a <b and 7 > 3, x<y, <3", "5 < 6 and a <b and 7 > 3, x<y, <3"},
	"HTML":                     {"Use <b>bold</b>, <table> and <s>old</s> <thead>.", "Use <b>bold</b>, <table> and <s>old</s> <thead>."},
	"brackets":                 {"See [the page](/x), [ ] todo, [T], {x} and `y`, [thin.", "See [the page](/x), [ ] todo, [T], {x} and `y`, [thin."},
	"operators":                {"a |> b <| c, <|, and {a: 1}", "a |> b <| c, <|, and {a: 1}"},
	"an open span":             {"It`s 9 €\nand `that", "It`s 9 €\nand `that"},
	"typographic":              {"“Yes” – it’s 9 € … ◁ here ▷", "“Yes” – it’s 9 € … ◁ here ▷"},
	"strikes":                  {"~~old~~ new ~ish\n~~~\n<think>\n~~~\nend", "~~old~~ new ~ish\n~~~\n<think>\n~~~\nend"},
	"begins like a product":    {"AnalysisTools costs 9.", "AnalysisTools costs 9."},
	"begins like analysis":     {"Analysis of the price: 9.", "Analysis of the price: 9."},
	"a block of thoughts":      {"```thinking\nSECRET\nmore SECRET\n```\nIt costs 9.", "It costs 9."},
	"an empty block of them":   {"```think\n```\nIt costs 9.", "It costs 9."},
	"Claude's own tag":         {"<antThinking>SECRET</antThinking>It costs 9.", "It costs 9."},
	"inner thoughts":           {"<inner_thoughts>SECRET</inner_thoughts>It costs 9.", "It costs 9."},
	"a block about the tag":    {"So:\n```\nx <think>\n</think>\n```\nIt costs 9.", "So:\n```\nx <think>\n</think>\n```\nIt costs 9."},
	"nothing but tags of text": {"<thinker> is a statue", "<thinker> is a statue"},
}

// callCases are answers with a call for a person that is written down: what is left of the
// text, and whether a person is called. What is left never shows the call.
var callCases = []struct {
	name, written, left string
	person              bool
}{
	{"Hermes", "<tool_call>\n{\"name\": \"hand_over_to_person\", \"arguments\": {\"reason\": \"a refund\"}}\n</tool_call>", "", true},
	{"with a goodbye", "I call somebody.\n\n<tool_call>{\"name\": \"hand_over_to_person\", \"arguments\": {}}</tool_call>", "I call somebody.", true},
	{"twice", "<tool_call>{\"name\":\"hand_over_to_person\"}</tool_call>\n<tool_call>{\"name\":\"hand_over_to_person\"}</tool_call>", "", true},
	{"not closed", "Wait.\n<tool_call>{\"name\":\"hand_over_to_person\",\"argu", "Wait.", true},
	{"wrongly closed", "<tool_call>{\"name\":\"hand_over_to_person\"}<tool_call>", "", true},
	{"closed, never opened", "{\"name\":\"hand_over_to_person\",\"arguments\":{}}\n</tool_call>", "", true},
	{"Qwen coder", "<tool_call>\n<function=hand_over_to_person>\n<parameter=reason>\na refund\n</parameter>\n</function>\n</tool_call>", "", true},
	{"function", "<function=hand_over_to_person>{\"reason\": \"a refund\"}</function>", "", true},
	{"GLM", "<tool_call>hand_over_to_person\n<arg_key>reason</arg_key>\n<arg_value>a refund</arg_value>\n</tool_call>", "", true},
	{"MiniMax", "<minimax:tool_call><invoke name=\"hand_over_to_person\"><parameter name=\"reason\">a refund</parameter></invoke></minimax:tool_call>", "", true},
	{"Anthropic", "<function_calls>\n<invoke name=\"hand_over_to_person\">\n<parameter name=\"reason\">a refund</parameter>\n</invoke>\n</function_calls>", "", true},
	{"DeepSeek", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>hand_over_to_person\n```json\n{\"reason\":\"a refund\"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>", "", true},
	{"DeepSeek, newer", "<｜DSML｜function_calls><｜DSML｜invoke name=\"hand_over_to_person\"></｜DSML｜invoke></｜DSML｜function_calls>", "", true},
	{"Mistral", "[TOOL_CALLS][{\"name\": \"hand_over_to_person\", \"arguments\": {\"reason\": \"a refund\"}}]", "", true},
	{"Mistral, newer", "[TOOL_CALLS]hand_over_to_person[ARGS]{\"reason\": \"a refund\"}", "", true},
	{"LM Studio", "[TOOL_REQUEST]{\"name\":\"hand_over_to_person\",\"arguments\":{}}[END_TOOL_REQUEST]", "", true},
	{"Llama", "<|python_tag|>{\"type\": \"function\", \"name\": \"hand_over_to_person\", \"parameters\": {\"reason\": \"a refund\"}}", "", true},
	{"Llama, bare", "{\"name\": \"hand_over_to_person\", \"parameters\": {\"reason\": \"a refund\"}}", "", true},
	{"bare, pretty", "{\n  \"name\": \"hand_over_to_person\",\n  \"arguments\": {\n    \"reason\": \"a {refund}\"\n  }\n}", "", true},
	{"bare, a list", "[{\"name\": \"hand_over_to_person\", \"arguments\": {}}]", "", true},
	{"bare, after words", "I hand over: {\"name\": \"hand_over_to_person\", \"arguments\": {}}", "I hand over:", true},
	{"bare, cut", "{\"name\": \"hand_over_to_person\", \"arguments\": {\"rea", "", true},
	{"bare, broken", "{\"name\": \"hand_over_to_person\", \"arguments\": {\"reason\": \"a \"quoted\" one\"}", "", true},
	{"OpenAI's own form", "{\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"hand_over_to_person\",\"arguments\":\"{}\"}}]}", "", true},
	{"a block", "I call somebody.\n\n```json\n{\"name\": \"hand_over_to_person\", \"arguments\": {\"reason\": \"a refund\"}}\n```", "I call somebody.", true},
	{"a block, cut", "```json\n{\"name\": \"hand_over_to_person\", \"argum", "", true},
	{"Gemma", "```tool_code\nprint(default_api.hand_over_to_person(reason=\"a refund\"))\n```", "", true},
	{"a block of Python", "```python\nhand_over_to_person(reason=\"a refund\")\n```\nBye.", "Bye.", true},
	{"Gemma, newer", "<|tool_call>call:hand_over_to_person{reason:<|\"|>a refund<|\"|>}<tool_call|>", "", true},
	{"Gemma, lost tokens", "call:hand_over_to_person{reason:a refund}", "", true},
	{"like Python", "Bye.\nhand_over_to_person(reason=\"a refund (9 €)\")", "Bye.", true},
	{"like Python, a list", "[hand_over_to_person(reason=\"a refund\")]", "", true},
	{"in a span", "Bye. `hand_over_to_person(reason=\"a refund\")`", "Bye.", true},
	{"the name alone", "I can't say.\n\nhand_over_to_person", "I can't say.", true},
	{"as it was told", "I can't say.\n\nhand_over_to_person()", "I can't say.", true},
	{"the name in a span", "I can't say.\n`hand_over_to_person`", "I can't say.", true},
	{"the name in bold", "**hand_over_to_person**", "", true},
	{"the name escaped", "hand\\_over\\_to\\_person()", "", true},
	{"ReAct", "Wait.\nAction: hand_over_to_person\nAction Input: {\"reason\": \"a refund\"}", "Wait.", true},
	{"ReAct, with its thought", "Thought: SECRET\nAction: hand_over_to_person\nAction Input: {\"reason\": \"a refund\"}", "", true},
	{"like Python, printed", "Bye: print(default_api.hand_over_to_person(reason=\"a refund\"))", "Bye:", true},
	{"with its reason", "hand_over_to_person: the visitor wants a refund", "", true},
	{"Phi", "<|tool_call|>[{\"name\":\"hand_over_to_person\",\"arguments\":{}}]<|/tool_call|>", "", true},
	{"Kimi", "<|tool_calls_section_begin|><|tool_call_begin|>functions.hand_over_to_person:0<|tool_call_argument_begin|>{\"reason\":\"x\"}<|tool_call_end|><|tool_calls_section_end|>", "", true},
	{"Command", "<|START_ACTION|>[{\"tool_name\": \"hand_over_to_person\", \"parameters\": {}}]<|END_ACTION|>", "", true},
	{"Nemotron", "<TOOLCALL>[{\"name\": \"hand_over_to_person\", \"arguments\": {}}]</TOOLCALL>", "", true},
	{"functools", "functools[{\"name\": \"hand_over_to_person\", \"arguments\": {}}]", "", true},
	{"Qwen's bracket", "[Calling tool: hand_over_to_person({\"reason\": \"x\"})]", "", true},
	{"harmony", "<|channel|>analysis<|message|>SECRET<|end|><|start|>assistant<|channel|>commentary to=functions.hand_over_to_person <|constrain|>json<|message|>{\"reason\":\"x\"}<|call|>", "", true},
	{"harmony, the other way", "<|start|>assistant to=functions.hand_over_to_person<|channel|>commentary json<|message|>{\"reason\":\"x\"}<|call|>", "", true},
	{"a tag of its own", "Bye. <hand_over_to_person>x</hand_over_to_person>", "Bye.", true},
	{"an empty tag", "Bye. <hand_over_to_person/>", "Bye.", true},
	{"after thoughts", "<think>SECRET</think>\n<tool_call>{\"name\":\"hand_over_to_person\"}</tool_call>", "", true},
	{"within thoughts that never end", "<think>SECRET\n<tool_call>{\"name\":\"hand_over_to_person\"}</tool_call>", "", true},

	{"bare, the reason first", "{\"reason\": \"a refund\", \"tool\": \"hand_over_to_person\"}", "", true},
	{"bare, with a thought", "{\n  \"thought\": \"SECRET\", \"tool\": \"hand_over_to_person\"\n}", "", true},
	{"as on a stage", "One moment.\n*calls hand_over_to_person*", "One moment.", true},
	{"an empty tag with its reason", "One moment. <hand_over_to_person reason=\"a refund\"/> Bye.", "One moment.  Bye.", true},

	{"an element of theirs", "Write <tool name=\"hammer\"/> into it. It costs 9.", "Write <tool name=\"hammer\"/> into it. It costs 9.", false},
	{"JSON of theirs within a sentence", "Send {\"action\": \"create\", \"input\": {\"a\": 1}} to it.", "Send {\"action\": \"create\", \"input\": {\"a\": 1}} to it.", false},
	{"JSON with a reason", "It answers {\"reason\": \"sold out\", \"code\": 7}.", "It answers {\"reason\": \"sold out\", \"code\": 7}.", false},
	{"thought of, not made", "<think>SECRET: hand_over_to_person(reason=\"x\")?</think>It costs 9.", "It costs 9.", false},
	{"thought of, opening lost", "SECRET: <tool_call>{\"name\":\"hand_over_to_person\"}</tool_call>?\n</think>It costs 9.", "It costs 9.", false},
	{"an unknown tool", "It costs 9.\n<tool_call>{\"name\":\"search\",\"arguments\":{\"q\":\"SECRET\"}}</tool_call>", "It costs 9.", false},
	{"an unknown tool, bare", "{\"name\": \"search\", \"parameters\": {\"q\": \"SECRET\"}}", "", false},
	{"an unknown tool, in a block", "```json\n{\"name\": \"search\", \"arguments\": {\"q\": \"SECRET\"}}\n```", "", false},
	{"an unknown tool, in Python", "```tool_code\nprint(search(\"SECRET\"))\n```", "", false},
	{"an unknown tool, cut", "{\"name\": \"search\", \"arguments\": {\"q\": \"SECRET", "", false},
	{"an unknown tool of Mistral", "[TOOL_CALLS][{\"name\":\"search\",\"arguments\":{}}]", "", false},

	{"named in words", "The tool hand_over_to_person is how I reach people.", "The tool hand_over_to_person is how I reach people.", false},
	{"JSON of an interface", "Send {\"name\": \"Ann\", \"email\": \"a@example.org\"} to it.", "Send {\"name\": \"Ann\", \"email\": \"a@example.org\"} to it.", false},
	{"a block of an interface", "Send this:\n\n```json\n{\"name\": \"Ann\", \"type\": \"guest\"}\n```\n\nDone.", "Send this:\n\n```json\n{\"name\": \"Ann\", \"type\": \"guest\"}\n```\n\nDone.", false},
	{"a block that names parameters", "Send this:\n\n```json\n{\"name\": \"x\", \"parameters\": {\"a\": 1}}\n```\n\nDone.", "Send this:\n\n```json\n{\"name\": \"x\", \"parameters\": {\"a\": 1}}\n```\n\nDone.", false},
	{"a function of theirs", "Call `hand(x)` or call it.\n\n```js\nfunction hand() {}\n```", "Call `hand(x)` or call it.\n\n```js\nfunction hand() {}\n```", false},
	{"a hand", "On the other hand, hand_over is had here.", "On the other hand, hand_over is had here.", false},
}

// eachCut calls f with the text in one piece, in bytes, and cut at every place.
func eachCut(text string, f func(how string, pieces ...string)) {
	f("whole", text)
	runes := strings.Split(text, "")
	f("in characters", runes...)
	for i := range text {
		f(fmt.Sprint("cut at ", i), text[:i], text[i:])
	}
	r := rand.New(rand.NewPCG(1, uint64(len(text))))
	for range 20 {
		var pieces []string
		piece := ""
		for _, c := range runes {
			if piece += c; r.IntN(4) == 0 {
				pieces, piece = append(pieces, piece), ""
			}
		}
		f("in random pieces", append(pieces, piece)...)
	}
}

func TestThoughtsNeverReachAVisitor(t *testing.T) {
	for name, c := range thoughtCases {
		eachCut(c[0], func(how string, pieces ...string) {
			got := screenOf(pieces...)
			if got.text != c[1] || got.person {
				t.Errorf("%s, %s: %q, expected %q", name, how, got.text, c[1])
			}
			// Without their beginning nobody can know that they are thoughts before they
			// end: then what was shown is taken back.
			if lost := strings.Contains(name, "no opening") || strings.Contains(name, "block in the thoughts"); !lost && strings.Contains(got.shown, "SECRET") {
				t.Errorf("%s, %s: a thought was shown for a moment: %q", name, how, got.shown)
			}
		})
	}
}

func TestACallThatIsWrittenDownIsACallAndNeverShown(t *testing.T) {
	for _, c := range callCases {
		eachCut(c.written, func(how string, pieces ...string) {
			got := screenOf(pieces...)
			if got.text != c.left || got.person != c.person {
				t.Errorf("%s, %s: %q, a person: %v; expected %q, %v", c.name, how, got.text, got.person, c.left, c.person)
			}
			if c.person && strings.Contains(got.shown, "over_to_person") {
				t.Errorf("%s, %s: the call was shown for a moment: %q", c.name, how, got.shown)
			}
		})
	}
}

func TestTheReasonOfAWrittenCallIsFound(t *testing.T) {
	for _, call := range []string{
		`{"reason": "a refund"}`, `{"name": "hand_over_to_person", "arguments": {"reason": "a refund"}}`, `{"name":"x","arguments":"{\"reason\": \"a refund\"}"}`,
		`hand_over_to_person(reason="a refund")`, `hand_over_to_person(reason='a refund')`, `{"reason": "a refund"`, "<parameter=reason>\na refund\n</parameter>",
		`<parameter name="reason">a refund</parameter>`, "hand_over_to_person: a refund", "<arg_key>reason</arg_key>\n<arg_value>a refund</arg_value>", `{reason: "a refund"}`,
	} {
		if got := handoverReason(call); got != "a refund" {
			t.Errorf("%q in %s", got, call)
		}
	}
}

// A reply that was stored with its thoughts does not bring them into the next prompt.
func TestThoughtsNeverReachTheNextPrompt(t *testing.T) {
	for name, c := range thoughtCases {
		p := Build([]string{"And now?"}, []Turn{{Text: "What does it cost?"}, {Bot: true, Text: c[0]}}, nil)
		for _, m := range p.Messages {
			if strings.Contains(m.Text, "SECRET") {
				t.Errorf("%s: %q", name, m.Text)
			}
		}
	}
	p := Build([]string{"And now?"}, []Turn{{Text: "I write <think>this</think>."}}, nil)
	if !strings.Contains(p.Messages[0].Text, "I write <think>this</think>.") {
		t.Errorf("a visitor's words are changed: %q", p.Messages[0].Text)
	}
}

// Ordinary text is passed on at once but for what may be the beginning of a mark.
func TestOrdinaryTextIsNotHeldBack(t *testing.T) {
	text := "Your parcel costs **9 €**, and `code` is fine.\n\n- See [the page](/x)\n- 5 < 6\n\n```go\nfunc main() {\n\tfmt.Println(\"hello\")\n}\n```\n\nHere is {a} and <b>that</b>. Hand over the parcel to a person."
	late := 0
	var shown strings.Builder
	s := screen{say: func(words string) { shown.WriteString(words) }, void: func() { t.Error("taken back") }}
	for i, c := range strings.Split(text, "") {
		s.feed(c)
		_ = i
		late = max(late, len(s.in))
	}
	if s.suspicious || late > 20 {
		t.Errorf("up to %d bytes were held back", late)
	}
	s.end()
	if shown.String() != text {
		t.Errorf("%q", shown.String())
	}
}

// Whatever a model writes, the screen neither fails nor keeps more than its bounds, and
// what it makes of it does not depend on where the pieces are cut.
func FuzzScreen(f *testing.F) {
	for _, c := range thoughtCases {
		f.Add(c[0], 3)
	}
	for _, c := range formatCases {
		f.Add(c[0], 3)
	}
	for _, c := range callCases {
		f.Add(c.written, 5)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		text = strings.ToValidUTF8(text, "")
		if len(text) > maxHeld/2 {
			return
		}
		whole := screenOf(text)
		n = max(1, n%len(text+"x"))
		var pieces []string
		var piece strings.Builder
		for i, c := range text {
			piece.WriteRune(c)
			if i%n == 0 {
				pieces = append(pieces, piece.String())
				piece.Reset()
			}
		}
		if cut := screenOf(append(pieces, piece.String())...); cut.text != whole.text || cut.person != whole.person {
			t.Errorf("%q in pieces of %d: %q, whole: %q", text, n, cut.text, whole.text)
		}
	})
}
