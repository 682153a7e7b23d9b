package llm

import (
	"encoding/json"
	"fmt"

	openai "github.com/sashabaranov/go-openai"
)

// handOver is the only tool there is.
const handOver = "hand_over_to_person"

// handOverTool is the tool, for a site with these teams.
func handOverTool(teams []string) openai.Tool {
	choose := ""
	if len(teams) > 0 {
		names, _ := json.Marshal(teams) // strings: it can't fail
		choose = `,"team":{"type":"string","enum":` + string(names) + `,"description":"The team whose matter it is. Leave it out if none fits."}`
	}
	return openai.Tool{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{
		Name:        handOver,
		Description: "Hand this chat over to a person. Call it when the visitor asks for a person, or when the passages do not answer the question.",
		Parameters: json.RawMessage(`{"type":"object","properties":{"reason":{"type":"string",` +
			`"description":"Why a person is needed, in a few words."}` + choose + `},"required":["reason"]}`),
	}}
}

// inWriting tells a model without tools how to ask for a person. What it writes then is
// recognized like any call in writing.
const inWriting = `

You can't call tools here. Where these rules say that you call the tool ` + handOver + `, write a last line instead that consists of ` + handOver + `() and nothing else. The visitor does not see that line.`

// teamInWriting tells such a model how to name a team.
const teamInWriting = ` If one of the teams fits, its name stands between the parentheses: ` + handOver + `(team="%s").`

// request is the body of a request with these options.
func (c *Client) request(prompt Prompt, with option) ([]byte, error) {
	r := openai.ChatCompletionRequest{Model: c.cfg.Model, Stream: with&askToStream != 0}
	if with&askEffort != 0 {
		r.ReasoningEffort = c.effort
	}
	if with&askTools != 0 {
		r.Tools = []openai.Tool{handOverTool(prompt.Teams)}
	}
	if with&askUsage != 0 && r.Stream {
		r.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	}
	rules := prompt.System
	if with&askTools == 0 {
		rules += inWriting
		if len(prompt.Teams) > 0 {
			rules += fmt.Sprintf(teamInWriting, prompt.Teams[0])
		}
	}
	if with&askSystem != 0 && rules != "" {
		r.Messages = append(r.Messages, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleSystem, Content: rules})
		rules = ""
	}
	for _, m := range prompt.Messages {
		role := openai.ChatMessageRoleUser
		if m.Bot {
			role = openai.ChatMessageRoleAssistant
		}
		text := m.Text
		if rules != "" && !m.Bot { // the rules have no message of their own
			text, rules = rules+"\n\n"+text, ""
		}
		r.Messages = append(r.Messages, openai.ChatCompletionMessage{Role: role, Content: text})
	}
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode the model's request: %w", err)
	}
	return b, nil
}
