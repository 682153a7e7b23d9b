package escalation

import "github.com/parley-chat/parley/pkg/chat"

// sentence is what the visitor reads when the chat changes. agent is the display
// name of whom it concerns; only reasons that have an agent use it.
func sentence(reason chat.Reason, agent string) string {
	switch reason {
	case chat.Escalated:
		return "You asked for a person. You are in line."
	case chat.BotGaveUp:
		return "The bot asked for a person to help you. You are in line."
	case chat.Cancelled:
		return "You left the line. The bot answers again."
	case chat.NobodyCame:
		return "Nobody could answer in time. You can leave your e-mail address here, and go on with the bot."
	case chat.Taken, chat.Assigned:
		return agent + " joined the chat."
	case chat.Returned:
		return agent + " handed the chat back to the bot."
	case chat.Transferred:
		return agent + " passed the chat on. You are in line for another person."
	case chat.AgentGone:
		return agent + " lost the connection. You are back in line."
	case chat.NoAnswer:
		return agent + " could not answer in time. You are back in line."
	case chat.ByAgent:
		return agent + " closed the chat. Write again at any time."
	case chat.ByVisitor:
		return "You closed the chat. Write again at any time."
	case chat.Idle:
		return "The chat was closed because nobody wrote for a long time. Write again at any time."
	default:
		return ""
	}
}
