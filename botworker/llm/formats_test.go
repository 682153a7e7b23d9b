package llm

import (
	"strings"
	"testing"
)

// formatCases are further ways in which models write their thoughts: with escaped or wide
// brackets, other names, headings, and JSON around the answer. What a visitor reads of each
// is the second string.
var formatCases = map[string][2]string{
	"escaped for HTML":        {"&lt;think&gt;SECRET&lt;/think&gt;It costs 9.", "It costs 9."},
	"escaped by number":       {"&#60;think&#62;SECRET&#60;/think&#62;It costs 9.", "It costs 9."},
	"escaped in hex":          {"&#x3c;think&#x3e;SECRET&#x3C;/think&#x3E;It costs 9.", "It costs 9."},
	"escaped for Markdown":    {`\<think\>SECRET\</think\>It costs 9.`, "It costs 9."},
	"half escaped":            {`\<think>SECRET\</think>It costs 9.`, "It costs 9."},
	"escaped for JSON":        {`\u003cthink\u003eSECRET\u003c/think\u003eIt costs 9.`, "It costs 9."},
	"wide":                    {"＜think＞SECRET＜/think＞It costs 9.", "It costs 9."},
	"wide letters":            {"＜ｔｈｉｎｋ＞SECRET＜／ｔｈｉｎｋ＞It costs 9.", "It costs 9."},
	"pointed":                 {"⟨think⟩SECRET⟨/think⟩It costs 9.", "It costs 9."},
	"guillemets":              {"‹think›SECRET‹/think›It costs 9.", "It costs 9."},
	"mixed brackets":          {"<think>SECRET&lt;/think&gt;It costs 9.", "It costs 9."},
	"invisible in the name":   {"<th\u200bink>SECRET</th\u2060ink>It costs 9.", "It costs 9."},
	"escaped, no opening":     {"SECRET&lt;/think&gt;It costs 9.", "It costs 9."},
	"escaped, never closed":   {"&lt;think&gt;SECRET", ""},
	"colored":                 {"<\x1b[31mthink>SECRET\x1b[0m</think>It costs 9.", "It costs 9."},
	"internal":                {"<internal>SECRET</internal>It costs 9.", "It costs 9."},
	"plan":                    {"<plan>\nSECRET\n</plan>\nIt costs 9.", "It costs 9."},
	"planning":                {"<planning>SECRET</planning>It costs 9.", "It costs 9."},
	"scratchpad":              {"<scratchpad>SECRET</scratchpad>It costs 9.", "It costs 9."},
	"reflection":              {"<reflection>SECRET</reflection>It costs 9.", "It costs 9."},
	"self reflection":         {"<self_reflection>SECRET</self_reflection>It costs 9.", "It costs 9."},
	"analysis":                {"<analysis>SECRET</analysis>It costs 9.", "It costs 9."},
	"rationale":               {"<rationale>SECRET</rationale>It costs 9.", "It costs 9."},
	"a hyphen":                {"<inner-thoughts>SECRET</inner-thoughts>It costs 9.", "It costs 9."},
	"LongCat":                 {"<longcat_think>SECRET</longcat_think>It costs 9.", "It costs 9."},
	"Seed's budget":           {"<seed:think>SECRET<seed:cot_budget_reflect>SECRET</seed:cot_budget_reflect></seed:think>It costs 9.", "It costs 9."},
	"Chinese":                 {"<思考>SECRET</思考>It costs 9.", "It costs 9."},
	"German":                  {"<gedanken>SECRET</gedanken>It costs 9.", "It costs 9."},
	"Marco":                   {"<Thought>SECRET</Thought>\n<Output>It costs 9.</Output>", "It costs 9."},
	"Reflection":              {"<thinking>SECRET<reflection>SECRET</reflection></thinking><output>It costs 9.</output>", "It costs 9."},
	"ERNIE":                   {"<think>\nSECRET\n</think>\n\n<response>\nIt costs 9.\n</response>\n", "It costs 9."},
	"GLM":                     {"<think>SECRET</think><answer>It costs <|begin_of_box|>9<|end_of_box|>.</answer>", "It costs 9."},
	"Qwen, empty":             {"<think>\n\n</think>\n\nIt costs 9.", "It costs 9."},
	"Qwen, no opening":        {"Thinking Process:\n\n1.  **Analyze the Request:** SECRET\n2.  SECRET\n</think>\n\nIt costs 9.", "It costs 9."},
	"DeepSeek, no opening":    {"Hmm, SECRET. SECRET\n</think>\nIt costs 9.<｜end▁of▁sentence｜>", "It costs 9."},
	"Kimi, no opening":        {"SECRET◁/think▷It costs 9.", "It costs 9."},
	"Magistral, spaces":       {"[THINK]\nSECRET\n[/THINK]\n\nIt costs 9.", "It costs 9."},
	"Gemma, lost tokens":      {"thought\nSECRET\n<channel|>It costs 9.", "It costs 9."},
	"Apriel":                  {"Here are my reasoning steps:\nSECRET\n[BEGIN FINAL RESPONSE]\nIt costs 9.\n[END FINAL RESPONSE]", "It costs 9."},
	"Apriel, no opening":      {"SECRET\n[BEGIN FINAL RESPONSE]It costs 9.[END FINAL RESPONSE]", "It costs 9."},
	"s1":                      {"<|im_start|>think\nSECRET<|im_start|>answer\nIt costs 9.<|im_end|>", "It costs 9."},
	"harmony, commentary":     {"<|channel|>commentary<|message|>SECRET<|end|><|start|>assistant<|channel|>final<|message|>It costs 9.<|return|>", "It costs 9."},
	"harmony, wide bars":      {"<｜channel｜>analysis<|message|>SECRET<|end|><|start|>assistant<|channel|>final<|message|>It costs 9.", "It costs 9."},
	"reasoning in brackets":   {"[reasoning]SECRET[/reasoning]It costs 9.", "It costs 9."},
	"internal in brackets":    {"[INTERNAL]SECRET[/INTERNAL]It costs 9.", "It costs 9."},
	"braces":                  {"{think}SECRET{/think}It costs 9.", "It costs 9."},
	"a comment":               {"<!-- thinking: SECRET -->It costs 9.", "It costs 9."},
	"a comment on lines":      {"<!--\nSECRET\n-->\nIt costs 9.", "It costs 9."},
	"a comment, never closed": {"It costs 9.\n<!-- SECRET", "It costs 9."},
	"unfolded":                {"<details>\n<summary>Thinking</summary>\n\nSECRET\n\n</details>\n\nIt costs 9.", "It costs 9."},
	"unfolded, open":          {"<details open><summary>💭 Thought process</summary>SECRET</details>It costs 9.", "It costs 9."},
	"a block":                 {"```reasoning\nSECRET\n```\nIt costs 9.", "It costs 9."},
	"a container":             {":::thinking\nSECRET\n:::\nIt costs 9.", "It costs 9."},
	"bold heading":            {"**Thinking:**\nSECRET\n\n**Answer:**\nIt costs 9.", "It costs 9."},
	"bold heading, one line":  {"**Thinking:** SECRET\n**Answer:** It costs 9.", "It costs 9."},
	"bold, colon outside":     {"**Thought process**: SECRET\n\n**Final answer**: It costs 9.", "It costs 9."},
	"heading":                 {"## Thinking\n\nSECRET\n\n## Answer\n\nIt costs 9.", "It costs 9."},
	"heading, response":       {"### Internal reasoning\nSECRET\n### Response to the visitor\nIt costs 9.", "It costs 9."},
	"plain heading":           {"Thinking Process:\n1. SECRET\n2. SECRET\n\nResponse: It costs 9.", "It costs 9."},
	"lower case":              {"thought: SECRET\nanswer: It costs 9.", "It costs 9."},
	"reasoning, then answer":  {"Reasoning: SECRET\nAnswer: It costs 9.", "It costs 9."},
	"analysis, then response": {"**Analysis**\nSECRET\n\n**Response**\nIt costs 9.", "It costs 9."},
	"Chain of thought":        {"Chain of thought: SECRET.\n\nFinal Answer: It costs 9.", "It costs 9."},
	"a heading, never ended":  {"**Thinking:** SECRET", ""},
	"a heading, then a rule":  {"**Thinking:** SECRET\n\n---\n\nIt costs 9.", "It costs 9."},
	"quoted":                  {"> **Thinking**\n> SECRET\n>\n> SECRET\n\nIt costs 9.", "It costs 9."},
	"in italics":              {"*Thinking: SECRET*\n\nIt costs 9.", "It costs 9."},
	"in parentheses":          {"(Thinking: SECRET)\n\nIt costs 9.", "It costs 9."},
	"in square brackets":      {"[Internal reasoning: SECRET]\nIt costs 9.", "It costs 9."},
	"a bubble":                {"💭 Thinking: SECRET\n\nAnswer: It costs 9.", "It costs 9."},
	"here is how I think":     {"Here's my thought process:\nSECRET\n\n**Final Response:**\nIt costs 9.", "It costs 9."},
	"heading in Chinese":      {"**思考过程：**\nSECRET\n\n**回答：**\nIt costs 9.", "It costs 9."},
	"heading in brackets":     {"【思考】SECRET\n【回答】\nIt costs 9.", "It costs 9."},
	"heading in German":       {"**Gedankengang:** SECRET\n\n**Antwort:** It costs 9.", "It costs 9."},
	"JSON":                    {`{"thought": "SECRET", "answer": "It costs 9."}`, "It costs 9."},
	"JSON, the answer first":  {`{"answer": "It costs 9.", "thought": "SECRET"}`, "It costs 9."},
	"JSON, other names":       {`{"chain_of_thought": ["SECRET", "SECRET"], "final_answer": "It costs 9."}`, "It costs 9."},
	"JSON, pretty":            {"{\n  \"reasoning\": \"SECRET \\\"x\\\"\",\n  \"response\": \"It costs\\n9.\"\n}", "It costs\n9."},
	"JSON, in a block":        {"```json\n{\"thinking\": \"SECRET\", \"reply\": \"It costs 9.\"}\n```", "It costs 9."},
	"JSON, in a list":         {`[{"thought": "SECRET", "answer": "It costs 9."}]`, "It costs 9."},
	"JSON, nested":            {`{"thoughts": {"plan": "SECRET"}, "response": {"text": "It costs 9."}}`, "It costs 9."},
	"JSON, cut":               {`{"thought": "SECRET", "answer": "It costs 9`, "It costs 9"},
	"JSON, cut in thoughts":   {`{"thought": "SECRET and mo`, ""},
	"JSON, broken":            {"{\"thought\": \"SECRET\nSECRET\", \"answer\": \"It costs 9.\",}", "It costs 9."},
	"JSON, thoughts alone":    {`{"thought": "SECRET"}`, ""},
	"JSON, an answer alone":   {`{"response": "It costs 9."}`, "It costs 9."},
	"JSON of LangChain":       {"```json\n{\"action\": \"Final Answer\", \"action_input\": \"It costs 9.\"}\n```", "It costs 9."},
	"JSON, thoughts in it":    {`{"answer": "<think>SECRET</think>It costs 9."}`, "It costs 9."},
	"thoughts, then JSON":     {"<think>SECRET</think>\n{\"thought\": \"SECRET\", \"answer\": \"It costs 9.\"}", "It costs 9."},

	// What may look like thoughts and is none.
	"about the mark":           {"The tag <think> marks thoughts.", "The tag <think> marks thoughts."},
	"about both marks":         {"What is between <think> and </think> is hidden.", "What is between <think> and </think> is hidden."},
	"about the escaped mark":   {"Write &lt;think&gt; before it, then go on.", "Write &lt;think&gt; before it, then go on."},
	"a placeholder":            {"Replace <plan> with your plan.", "Replace <plan> with your plan."},
	"a mark that ends":         {"Put it into <internal>.", "Put it into <internal>."},
	"a comment in a sentence":  {"Put <!-- more --> below it.", "Put <!-- more --> below it."},
	"escapes":                  {`5 \< 6, a\_b &lt;b&gt; &amp; \(x\)`, `5 \< 6, a\_b &lt;b&gt; &amp; \(x\)`},
	"wide brackets":            {"价格〈9〉元，＜重要＞。", "价格〈9〉元，＜重要＞。"},
	"details":                  {"<details><summary>Sizes</summary>S to XL</details>", "<details><summary>Sizes</summary>S to XL</details>"},
	"a link of that name":      {"See [analysis](/a) and [plan][1].", "See [analysis](/a) and [plan][1]."},
	"analysis as a heading":    {"**Analysis:** the shoe is worn.\n\nSend it back.", "**Analysis:** the shoe is worn.\n\nSend it back."},
	"a plan as a heading":      {"## Plan\n\n- Basic\n- Pro", "## Plan\n\n- Basic\n- Pro"},
	"thinking in a sentence":   {"Thinking of shoes: we have many.", "Thinking of shoes: we have many."},
	"output in a sentence":     {"Use the element <output>.", "Use the element <output>."},
	"JSON of theirs":           {`{"message": "hello", "code": 7}`, `{"message": "hello", "code": 7}`},
	"JSON of theirs, in block": {"```json\n{\"text\": \"hello\"}\n```", "```json\n{\"text\": \"hello\"}\n```"},
	"an answer in bold":        {"**Answer:** It costs 9.", "**Answer:** It costs 9."},
	"a thought of a poet":      {"“I think, therefore I am” costs 9.", "“I think, therefore I am” costs 9."},
}

func TestThoughtsOfEveryFormatNeverReachAVisitor(t *testing.T) {
	for name, c := range formatCases {
		eachCut(c[0], func(how string, pieces ...string) {
			got := screenOf(pieces...)
			if got.text != c[1] || got.person {
				t.Errorf("%s, %s: %q, expected %q", name, how, got.text, c[1])
			}
			if !strings.Contains(name, "no opening") && strings.Contains(got.shown, "SECRET") {
				t.Errorf("%s, %s: a thought was shown for a moment: %q", name, how, got.shown)
			}
		})
	}
}

// Held back or not, nothing of it is streamed, stored or asked again.
func TestThoughtsOfEveryFormatAreNeitherShownNorStored(t *testing.T) {
	for name, c := range formatCases {
		if !strings.Contains(c[0], "SECRET") {
			continue
		}
		var pieces []string
		for _, r := range c[0] {
			pieces = append(pieces, content(string(r)))
		}
		endpoint(t, func(t *testing.T, client *Client, _ *[]map[string]any) {
			client.manners.voices.aloud = nil // nothing is known of it yet
			var p recorder
			r, err := client.Stream(t.Context(), ask, Unmetered{}, &p)
			if c[1] == "" {
				if err == nil || p.shown != "" {
					t.Errorf("%s: %+v, %v; shown %q", name, r, err, p.shown)
				}
			} else if err != nil || r.Text != c[1] || p.restarts != 0 || strings.Contains(p.shown, "SECRET") {
				t.Errorf("%s: %+v, %v; shown %q after %d restarts", name, r, err, p.shown, p.restarts)
			}
		}, events(append(pieces, finished, "[DONE]")...))
		p := Build([]string{"And now?"}, []Turn{{Text: "What does it cost?"}, {Bot: true, Text: c[0]}}, nil)
		for _, m := range p.Messages {
			if strings.Contains(m.Text, "SECRET") {
				t.Errorf("%s, in the next prompt: %q", name, m.Text)
			}
		}
	}
}

// Words before thoughts that never end are kept, and the visitor is told that there may be
// more, since nobody knows what was meant for them.
func TestAnAnswerWhoseThoughtsNeverEndCountsAsCutOff(t *testing.T) {
	for _, text := range []string{"It costs 9. <think>SECRET", "It costs 9.\n\n<internal>\nSECRET", "It costs 9.\n<!-- SECRET"} {
		endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
			r, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{})
			if err != nil || r.Text != "It costs 9." || r.Finish != Length {
				t.Errorf("%q: %+v, %v", text, r, err)
			}
		}, events(content(text), finished, "[DONE]"))
	}
}

// Thoughts are longer than any answer, in as many pieces, and on one line.
func TestLongThoughtsStayHiddenInEveryFormat(t *testing.T) {
	thoughts := strings.Repeat("SECRET and more of it, ", 1500)
	for name, form := range map[string]string{
		"JSON": `{"thought": "%", "answer": "It costs 9."}`, "JSON in a block": "```json\n{\"thought\": \"%\", \"answer\": \"It costs 9.\"}\n```", "a heading": "**Thinking:** %\n**Answer:** It costs 9.",
		"brackets": "(Thinking: %)\n\nIt costs 9.", "escaped": "&lt;think&gt;%&lt;/think&gt;It costs 9.", "a quote": "> **Thinking**\n> %\n\nIt costs 9.", "a comment": "<!-- % -->\nIt costs 9.",
	} {
		text := strings.Replace(form, "%", thoughts, 1)
		if got := screenOf(strings.SplitAfter(text, " ")...); got.text != "It costs 9." || strings.Contains(got.shown, "SECRET") {
			t.Errorf("%s: %.100q, shown %.100q", name, got.text, got.shown)
		}
	}
}
