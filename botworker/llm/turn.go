package llm

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"

	"github.com/parley-chat/parley/pkg/chat"
)

// handOver is the only tool there is.
const handOver = "hand_over_to_person"

var handOverTool = openai.Tool{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{
	Name:        handOver,
	Description: "Hand this chat over to a person. Call it when the visitor asks for a person, or when the passages do not answer the question.",
	Parameters: json.RawMessage(`{"type":"object","properties":{"reason":{"type":"string",` +
		`"description":"Why a person is needed, in a few words."}},"required":["reason"]}`),
}}

// turn is one attempt at an answer.
type turn struct {
	client   *Client
	progress Progress
	usage    bool

	info     info
	streamed bool // part of the answer was passed on
	unseen   int  // bytes that it sent and nobody reads: reasoning, arguments of tools
	text     strings.Builder
	length   int // characters in text
	calls    map[int]*openai.FunctionCall
	finished bool
	result   Result
}

func (t *turn) run(ctx context.Context, prompt Prompt) (Result, error) {
	began := time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	patience := time.AfterFunc(t.client.cfg.FirstWord, func() { cancel(errFirstWord) })
	defer patience.Stop()

	stream, err := t.client.api.CreateChatCompletionStream(withInfo(ctx, &t.info), t.request(prompt))
	if err != nil {
		return Result{}, causeOf(ctx, err)
	}
	defer func() { _ = stream.Close() }()
	stalled := func() { cancel(errStall) }
	begun := false
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			if !t.finished && !t.info.done {
				return Result{}, causeOf(ctx, errCut)
			}
			return t.finish()
		}
		if err != nil {
			return Result{}, causeOf(ctx, asCut(err))
		}
		if !t.take(chunk) {
			continue
		}
		if t.unseen > maxUnseen {
			return Result{}, errEndless // closing the stream stops the endpoint
		}
		if t.length >= chat.MaxText {
			return t.finish() // enough; closing the stream stops the endpoint
		}
		if !begun {
			begun = true
			t.client.metrics.firstWord.Observe(time.Since(began).Seconds())
			patience.Stop()
			patience = time.AfterFunc(t.client.cfg.Stall, stalled)
			defer patience.Stop()
			continue
		}
		patience.Reset(t.client.cfg.Stall)
	}
}

func (t *turn) request(prompt Prompt) openai.ChatCompletionRequest {
	r := openai.ChatCompletionRequest{
		Model:           t.client.cfg.Model,
		ReasoningEffort: t.client.effort,
		Tools:           []openai.Tool{handOverTool},
		Messages:        []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleSystem, Content: prompt.System}},
	}
	if t.usage {
		r.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	}
	for _, m := range prompt.Messages {
		role := openai.ChatMessageRoleUser
		if m.Bot {
			role = openai.ChatMessageRoleAssistant
		}
		r.Messages = append(r.Messages, openai.ChatCompletionMessage{Role: role, Content: m.Text})
	}
	return r
}

// take adds a chunk to the answer and reports whether it contained anything, even if only
// reasoning.
func (t *turn) take(chunk openai.ChatCompletionStreamResponse) bool {
	if chunk.Usage != nil {
		t.result.PromptTokens, t.result.AnswerTokens = chunk.Usage.PromptTokens, chunk.Usage.CompletionTokens
	}
	held := false
	for _, c := range chunk.Choices {
		if c.Index != 0 {
			continue // more choices than requested
		}
		t.unseen += len(c.Delta.ReasoningContent)
		held = held || c.Delta.Content != "" || c.Delta.ReasoningContent != "" || len(c.Delta.ToolCalls) > 0
		t.say(c.Delta.Content + c.Delta.Refusal)
		for _, call := range c.Delta.ToolCalls {
			t.call(call)
		}
		if c.FinishReason != "" {
			t.finished, t.result.Finish = true, finishOf(string(c.FinishReason))
		}
	}
	return held
}

// say passes text on, up to the length of an answer.
func (t *turn) say(words string) {
	words = printable(words)
	if left := chat.MaxText - t.length; utf8.RuneCountInString(words) > left {
		words = string([]rune(words)[:left])
	}
	if words == "" {
		return
	}
	t.length += utf8.RuneCountInString(words)
	t.text.WriteString(words)
	t.streamed = true
	t.progress.Delta(words)
}

// Limits for what is kept of tool calls.
const (
	maxCalls     = 8
	maxArguments = 4000
)

// maxUnseen bounds what the model may send beside its answer, in bytes: some 16,000 tokens,
// which somebody pays for.
const maxUnseen = 64 << 10

// call assembles a tool call, which arrives in fragments.
func (t *turn) call(part openai.ToolCall) {
	t.unseen += len(part.Function.Name) + len(part.Function.Arguments)
	at := 0
	if part.Index != nil {
		at = *part.Index
	}
	if t.calls == nil {
		t.calls = map[int]*openai.FunctionCall{}
	}
	f := t.calls[at]
	if f == nil {
		if len(t.calls) >= maxCalls {
			return
		}
		f = &openai.FunctionCall{}
		t.calls[at] = f
	}
	if len(f.Name)+len(part.Function.Name) <= 2*len(handOver) {
		f.Name += part.Function.Name
	}
	if len(f.Arguments)+len(part.Function.Arguments) <= maxArguments {
		f.Arguments += part.Function.Arguments
	}
}

// finish makes the result. Calls of any other tool are dropped; nothing but the hand-over
// is ever run.
func (t *turn) finish() (Result, error) {
	r := t.result
	for _, f := range t.calls {
		if f.Name != handOver {
			continue
		}
		var arguments struct {
			Reason string `json:"reason"`
		}
		_ = json.Unmarshal([]byte(f.Arguments), &arguments) // the reason is for the log only
		r.Handover = true
		r.HandoverReason = clip(printable(strings.TrimSpace(arguments.Reason)), 200)
	}
	r.Text = strings.TrimSpace(clip(t.text.String(), chat.MaxText))
	if t.length >= chat.MaxText {
		r.Text, r.Finish = shorten(r.Text), Length
	}
	if r.Finish == "" {
		r.Finish = Stop
	}
	switch {
	case r.Text != "" || r.Handover || r.Finish == Filter:
		return r, nil
	case len(t.calls) > 0:
		return Result{}, errTool
	default:
		return Result{}, errEmpty
	}
}

// shorten makes a text that was cut off end with a whole sentence or word.
func shorten(text string) string {
	text = clip(text, chat.MaxText-1)
	if i := strings.LastIndexAny(text, ".!?\n"); i > len(text)*3/4 {
		return strings.TrimSpace(text[:i+1])
	}
	if i := strings.LastIndexAny(text, " \t"); i > len(text)*3/4 {
		text = text[:i]
	}
	return strings.TrimSpace(text) + "…"
}

// causeOf prefers the cause of the context's end to the error that resulted.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// asCut classifies the errors that the library returns when a stream breaks.
func asCut(err error) error {
	if _, ok := errors.AsType[*openai.APIError](err); ok || errors.Is(err, errTooLarge) {
		return err
	}
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	if syntax || kind || errors.Is(err, openai.ErrTooManyEmptyStreamMessages) {
		return errGarbled
	}
	return errCut
}

// printable drops control characters other than newlines and tabs, and replaces invalid
// UTF-8.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// clip returns at most n characters.
func clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
