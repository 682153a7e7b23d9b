package escalation

import (
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// sentenceOf is what the visitor reads when the chat changes, or "" if that is nothing for
// visitors. What may be over in a moment is not among it, since the log keeps it: that the
// visitor is in line, in which place, and whether anybody is there. Gateways say that for as
// long as it is so.
func sentenceOf(was chat.State, step chat.Step, next chat.State, team string) string {
	switch step.Reason {
	case chat.NobodyCame:
		if next.IsMissed() {
			return nobodyCameText + promised(next)
		}
	case chat.EmailLeft:
		return "Thanks!" + promised(next)
	case chat.Transferred:
		if team != "" {
			return step.By.Name + " passed the chat on to " + team + "."
		}
	case chat.PassedOn:
		return step.By.Name + " passed the chat on to " + step.To.Name + "."
	case chat.TakenOver:
		return step.By.Name + " took over from " + was.Agent.Name + "."
	case chat.NameGiven:
		return "Nice to meet you, " + next.Visitor + "!"
	}
	return sentence(step.Reason, step.By.Name)
}

// promised says where the visitor is answered who left an address.
func promised(s chat.State) string { return " We'll get back to you at " + s.Email() + "." }

// sentence is sentenceOf as far as it follows from the reason. agent is the display
// name of the agent concerned; only reasons that have an agent use it. The sentences
// about a limit stand beside the limit.
func sentence(reason chat.Reason, agent string) string {
	switch reason {
	case chat.Escalated:
		return "You asked for a person."
	case chat.BotGaveUp:
		return "We've asked our team to join the chat."
	case chat.LineFull:
		return desk.LineFullText
	case chat.AddressFull:
		return desk.AddressFullText
	case chat.Cancelled:
		return "You left the line. The bot answers again."
	case chat.NobodyCame:
		return waitLimitText
	case chat.MissedFull:
		return desk.MissedFullText
	case chat.Taken, chat.Assigned, chat.SteppedIn:
		return agent + " joined the chat."
	case chat.Returned:
		return agent + " handed the chat back to the bot."
	case chat.Transferred:
		return agent + " passed the chat on to the team."
	case chat.WokenInLine:
		return agent + notThereText
	case chat.AgentGone:
		return agent + awayGraceText
	case chat.NoAnswer:
		return agent + answerLimitText
	case chat.ByAgent:
		return agent + " closed the chat. Write again any time."
	case chat.ByVisitor:
		return "You closed the chat. Write again any time."
	case chat.Idle:
		return idleLimitText
	default:
		return ""
	}
}
