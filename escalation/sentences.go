package escalation

import (
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// sentence is what the visitor reads when the chat changes. agent is the display
// name of the agent concerned; only reasons that have an agent use it. The sentences
// about a limit stand beside the limit.
func sentence(reason chat.Reason, agent string) string {
	switch reason {
	case chat.Escalated:
		return "You asked for a person. You're in line."
	case chat.BotGaveUp:
		return "Someone from our team will help you. You're in line."
	case chat.LineFull:
		return desk.LineFullText
	case chat.AddressFull:
		return desk.AddressFullText
	case chat.Cancelled:
		return "You left the line. The bot answers again."
	case chat.NobodyCame:
		return waitLimitText
	case chat.Taken, chat.Assigned:
		return agent + " joined the chat."
	case chat.Returned:
		return agent + " handed the chat back to the bot."
	case chat.Transferred:
		return agent + " passed the chat on. You're in line for another person."
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
