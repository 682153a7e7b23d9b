package browser

import "testing"

// lastReceipt is what stands beneath the last message with that text.
const lastReceipt = `(log, text, want) => {
	const line = [...document.querySelectorAll('[data-testid="' + log + '"] .line')].findLast((el) => el.innerText.includes(text));
	return line?.innerText.includes(want) || (line?.innerText ?? 'there is no such message');
}`

func TestReadStaysReadWhenTheChatIsOpenedAgain(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p, "visitor"), newAgent(t, p)
	a.signIn()
	a.meets(v, "Ada")
	v.say("Is my parcel on its way?")
	a.hasMessage("agent-log", "visitor", "Is my parcel on its way?")
	v.until("the visitor is told that it was read", lastReceipt, "log", "Is my parcel on its way?", "Read")
	v.reload()
	v.until("it stays read", lastReceipt, "log", "Is my parcel on its way?", "Read")

	a.answers("It left this morning.")
	v.hasMessage("log", "agent", "It left this morning.")
	a.until("the agent is told that it was read", lastReceipt, "agent-log", "It left this morning.", "Read")
	a.reload()
	a.until("it stays read", lastReceipt, "agent-log", "It left this morning.", "Read")
}
