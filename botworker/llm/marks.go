package llm

import (
	"regexp"
	"strings"
)

// meaning is what a mark says about the text after it.
type meaning int

const (
	dropped       meaning = iota // nothing: the mark alone is left out
	thoughtBegins                // thoughts, up to their end
	thoughtEnds                  // thoughts end; without a beginning, everything before was one
	callBegins                   // a call of a tool
	channel                      // a message of the harmony format, whose header follows
	role                         // who speaks
	struck                       // </s>, which is HTML or the end of a text
	resultTag                    // what a tool answered, made up by the model
	wraps                        // the answer, if it begins here
	ends                         // the answer ends; what follows is the next turn, made up
)

// thoughtWords make a tag one of thoughts, whatever else is in its name (self_reflection,
// longcat_think, my-thoughts); thoughtTags are other names of them. callTags are those of
// calls. All are without a namespace (seed:, antml:).
var (
	thoughtWords = nameSet("think thinks thinking thought thoughts reasoning rationale reflection reflections reflecting scratchpad monologue cot deliberation introspection contemplation antthinking")
	thoughtTags  = strings.Fields("internal inner private hidden plan planning analysis reason reflect ponder brainstorm brainstorming critique self_critique self_talk details " +
		"thinkprocess chain_of_thought 思考 思考过程 思考過程 推理 推理过程 思维链 思维过程 分析过程 思考プロセス 생각 추론 gedanken überlegung denken denkprozess razonamiento pensamiento pensamientos raisonnement pensée pensées réflexion raciocínio pensamento ragionamento pensiero размышления размышление рассуждение рассуждения мысли")
	callTags = []string{
		"tool_call", "tool_calls", "toolcall", "toolcalls", "tool_use", "tool_code", "use_tool", "call_tool", "function_call", "function_calls", "functioncall", "functioncalls",
		"function", "functions", "invoke", "tool", "tools", "longcat_tool_call", "execute_tool", "action", handOver,
	}
	resultTags = []string{"tool_response", "tool_result", "tool_results", "function_result", "function_results", "function_response", "observation", "tool_output"}
	namespaces = []string{"seed:", "antml:", "minimax:", "mm:", "ant:", "qwen:", "xai:"}
)

// known are all names of tags that a screen acts on, with their namespaces.
var known = func() map[string]meaning {
	all := map[string]meaning{}
	for means, names := range map[meaning][]string{thoughtBegins: thoughtTags, callBegins: callTags, resultTag: resultTags} {
		for _, n := range names {
			all[n] = means
			for _, ns := range namespaces {
				all[ns+n] = means
			}
		}
	}
	return all
}()

// meaningOf says what a tag of that name begins.
func meaningOf(name string) (meaning, bool) {
	if m, ok := known[name]; ok {
		return m, true
	}
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == ':' || r == '.' }) {
		if thoughtWords[word] {
			return thoughtBegins, true
		}
	}
	return dropped, false
}

func nameSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// headings begin an answer that is preceded by thoughts, where the marks themselves were
// lost: gpt-oss without its special tokens, Granite.
var headings = []struct {
	begin, end string
	capital    bool // a capital letter follows without a space
}{

	{"analysis", "assistantfinal", true},
	{"here is my thought process:", "here is my response:", false},
	{"thinking...\n", "...done thinking.", false},
	{"here are my reasoning steps:", "[begin final response]", false}, // Apriel
}

// openers are how models begin to think, in lower case. A model may begin an answer like
// that, too: then it is shown as a whole, when it is complete.
var openers = []string{
	"okay, ", "ok, ", "okay. ", "alright, ", "alright. ", "hmm", "let me think", "let me see", "let me analy", "let me check", "let's see", "let's think", "let's analy", "first, i ", "first, let",
	"we need to", "we have to", "we are asked", "we should", "we're asked", "the user", "the visitor", "the customer", "user ", "visitor ", "i need to", "i should", "i have to figure", "i'm being asked", "so, the ", "so the ", "so i need",
	"thinking process", "**thinking", "here's a thinking process", "here's my thought", "reasoning:", "analysis:",
	"好的，", "好，", "嗯，", "首先，", "用户", "我需要", "让我", "okay so",
}

var bracketMarks = []struct {
	mark  string
	means meaning
}{

	{"[think]", thoughtBegins}, {"[/think]", thoughtEnds}, {"[thinking]", thoughtBegins}, {"[/thinking]", thoughtEnds},
	{"[thought]", thoughtBegins}, {"[/thought]", thoughtEnds}, {"[thoughts]", thoughtBegins}, {"[/thoughts]", thoughtEnds}, {"[reasoning]", thoughtBegins}, {"[/reasoning]", thoughtEnds},
	{"[scratchpad]", thoughtBegins}, {"[/scratchpad]", thoughtEnds}, {"[internal]", thoughtBegins}, {"[/internal]", thoughtEnds}, {"[reflection]", thoughtBegins}, {"[/reflection]", thoughtEnds},
	{"[analysis]", thoughtBegins}, {"[/analysis]", thoughtEnds}, {"[plan]", thoughtBegins}, {"[/plan]", thoughtEnds},
	{"[begin final response]", thoughtEnds}, {"[end final response]", dropped},
	{"{think}", thoughtBegins}, {"{/think}", thoughtEnds}, {"{thinking}", thoughtBegins}, {"{/thinking}", thoughtEnds}, {"(think)", thoughtBegins}, {"(/think)", thoughtEnds},
	{"[tool_calls]", callBegins}, {"[tool_call]", callBegins}, {"[calling tool", callBegins}, {"[tool_request]", callBegins}, {"[end_tool_request]", dropped},
	{"[" + handOver, callBegins},
}

var triangleMarks = []struct {
	mark  string
	means meaning
}{{"◁think▷", thoughtBegins}, {"◁/think▷", thoughtEnds}}

// harmonyEnd: a thought of the harmony format ends with the next token of that format.
const harmonyEnd = "<|"

// channelHeader is the rest of a header after <|channel|>, up to the message.
var channelHeader = regexp.MustCompile(`(?is)^\s*([a-z]*)(?:[^<]|<\|constrain\|>|<\|channel\|>)*?<\|message\|>`)

// channelName is what is left of such a header if tokens were lost.
var channelName = regexp.MustCompile(`(?i)^\s*(analysis|commentary|final)`)
