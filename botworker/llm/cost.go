package llm

import (
	"errors"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/spent"
)

// answerTokens is how many tokens are counted in advance for an answer: the longest one.
// The end of the attempt corrects it.
var answerTokens = spent.Estimate(chat.MaxText)

// tokens is about how many tokens the prompt has.
func (p Prompt) tokens() int64 {
	n := len(p.System)
	for _, m := range p.Messages {
		n += len(m.Text)
	}
	return spent.Estimate(n)
}

// cost is how many tokens the attempt used: what the endpoint says, or else about. An
// endpoint that answers with an HTTP error charges nothing. One that never answers may
// have read the prompt.
func (t *turn) cost(prompt Prompt, err error) int64 {
	if said := t.result.PromptTokens + t.result.AnswerTokens; said > 0 {
		return int64(said)
	}
	if f, ok := errors.AsType[*fault](err); ok && !f.streamed {
		return 0
	}
	return prompt.tokens() + spent.Estimate(t.written)
}
