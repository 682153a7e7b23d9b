package llm

import (
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
)

// option is something in a request that an endpoint may refuse, and that an answer does
// not depend on.
type option uint32

const (
	askUsage    option = 1 << iota // the number of tokens, stream_options
	askTools                       // the tool; without it the model asks for a person in writing
	askEffort                      // reasoning_effort
	askSystem                      // a message of the system; without it the rules precede the first question
	askToStream                    // without it the answer comes in one piece
)

var optionNames = map[option]string{
	askUsage: "stream_options", askTools: "tools", askEffort: "reasoning_effort", askSystem: "the role system", askToStream: "stream",
}

// manners is what a client has learned about its endpoint. It may be used concurrently.
type manners struct {
	without atomic.Uint32 // the options that it refuses
	voices  voices
	// endless says that its streams have no end mark.
	endless atomic.Bool
}

// refusals recognize a refused option in the endpoint's words. The first one that fits
// counts, so the narrow ones come first.
var refusals = []struct {
	option option
	words  *regexp.Regexp
}{
	{askUsage, regexp.MustCompile(`(?i)stream_options|include_usage|stream options`)},
	{askEffort, regexp.MustCompile(`(?i)reasoning[_. ]effort|does not support (thinking|reasoning)|reasoning is not supported`)},
	{askToStream, regexp.MustCompile(`(?i)(tool|function).{0,40}(in|with|when|while|during) stream(ing)?\b|stream(ing)?\b.{0,60}(not (supported|allowed|available|enabled|implemented)|unsupported|disabled|must be false)|(not|n't) support (response )?stream|non-?streaming only`)},
	{askTools, regexp.MustCompile(`(?i)\b(tools?|functions?|tool_choice|function_call|tool[_ -]?call(ing|s|-parser)?)\b.{0,120}(not|n't|unsupported|unrecogni|unknown|unexpected|extra|forbidden|requires?|disabled|invalid|to be set|only)|` +
		`(not|n't|unsupported|unrecogni[sz]ed|unknown|unexpected|extra|forbidden|no endpoints found|invalid).{0,120}\b(tools?|functions?|tool_choice|function[_ ]call(ing)?|tool[_ ](use|call(s|ing)?))\b|--jinja`)},
	{askSystem, regexp.MustCompile(`(?i)\bsystem\b.{0,20}(role|message|prompt|instruction).{0,60}(not|n't|unsupported|invalid)|(not|n't|unsupported|invalid|only|unknown|unexpected).{0,80}\bsystem\b|roles?.{0,60}(must|should) alternate|` +
		`only .{0,40}roles? (are|is) supported|first message.{0,40}(must|should).{0,40}user|developer instruction is not enabled`)},
}

// refused returns the option of those offered that the endpoint refuses, 0 if none. An
// endpoint that refuses without a reason that is understood is asked again with one
// option fewer each time.
func (f *fault) refused(offered option) option {
	switch f.status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusNotFound, http.StatusNotImplemented,
		http.StatusInternalServerError, http.StatusUnsupportedMediaType, http.StatusMethodNotAllowed:
	case 0:
		if !f.streamed {
			return 0
		}
	default:
		return 0
	}
	said := f.said()
	if misread.MatchString(said) {
		return 0 // the tool is known, and was called wrongly
	}
	for _, r := range refusals {
		if offered&r.option != 0 && r.words.MatchString(said) {
			return r.option
		}
	}
	if f.status != http.StatusBadRequest && f.status != http.StatusUnprocessableEntity || elsewhere.MatchString(said) {
		return 0
	}
	for _, o := range []option{askUsage, askEffort, askTools, askSystem} {
		if offered&o != 0 {
			return o
		}
	}
	return 0
}

// elsewhere recognizes faults that no option causes.
var elsewhere = regexp.MustCompile(`(?i)api[_ -]?key|credential|unauthorized|billing|quota|credit|balance|model[_ ].{0,80}(not|n't|unknown|exist|invalid)|(invalid|unknown|no such).{0,20}model|deployment`)

// answer returns what the model meant, for a fault that says so: the endpoint withholds
// its answer, or could not read the call of the tool that it made.
func (f *fault) answer() (Result, bool) {
	switch said := f.said(); {
	case misread.MatchString(said) && (strings.Contains(said, handOver) || strings.Contains(said, `"reason"`)):
		return Result{Handover: true, HandoverReason: handoverReason(said), HandoverTeam: handoverTeam(said), Finish: Stop}, true
	case f.withheld():
		return Result{Finish: Filter}, true
	}
	return Result{}, false
}

// misread: Groq's tool_use_failed, Ollama's "error parsing tool call", and others that try
// to read what the model writes.
var misread = regexp.MustCompile(`(?i)tool_use_failed|failed to call a function|(error|fail(ed|ure)?|(could|can)( ?no|n')t|unable to|invalid).{0,30}(pars|decod|read)\w*.{0,30}(tool|function)[ _]?call`)

// withheld reports whether the endpoint refuses what the prompt says, as a filter does.
func (f *fault) withheld() bool {
	return (f.status == http.StatusBadRequest || f.status == http.StatusForbidden || f.status == http.StatusUnavailableForLegalReasons || f.streamed) && filtered.MatchString(f.said())
}

var filtered = regexp.MustCompile(`(?i)content[_ -]?(filter|policy|management policy|moderation)|ResponsibleAIPolicy|input was flagged|requires moderation|data_inspection_failed|inappropriate content|safety system|blocked by .{0,20}(safety|guardrail)|guardrail`)

// loading reports whether the endpoint is about to work: it loads the model.
func (f *fault) loading() bool {
	return (f.status == 0 || f.status >= 500) && starting.MatchString(f.said())
}

var starting = regexp.MustCompile(`(?i)loading (the )?model|model.{0,60}\b(is|being|still|currently)\b.{0,20}(load(ing|ed)|start(ing|ed)|warming|swapp)|warming up|still starting|(model|engine|server) (is )?not ready|not ready yet`)

// names lists options for the log.
func (o option) names() string {
	var list []string
	for _, one := range []option{askUsage, askTools, askEffort, askSystem, askToStream} {
		if o&one != 0 {
			list = append(list, optionNames[one])
		}
	}
	return strings.Join(list, ", ")
}
