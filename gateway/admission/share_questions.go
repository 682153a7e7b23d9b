package admission

import (
	"math"
	"time"
)

// An open question is a message to the bot that was accepted and is not answered yet.
// Who may have how many of them is decided here, apart from everything that counts.

const (
	// questionFloor is how many open questions an address may always have.
	questionFloor = 4
	// questionReserve is the part of the bot's slots that is kept free for others by those
	// who have their share: an eighth. While nobody else is there, as many questions may
	// wait, so that the next one is at hand when a slot gets free.
	questionReserve = 8
	// questionsUnanswered is the part of what is accepted while no bot is there (most)
	// that one address may have: an eighth.
	questionsUnanswered = 8
)

// demand is what an address that wants to ask has open, and what the bot can do.
type demand struct {
	open      int  // open questions of the address, without the one in hand
	addresses int  // addresses that have open questions, or had some lately, this one included; of a network no more than its scale
	crowded   bool // a network of the address has all that it may have, see fills
	gateways  int  // that share the slots, at least 1

	slots    float64 // what all replicas of the bot can think about at once; 0: none says so
	inSystem float64 // messages that wait or are thought about, at all gateways
	rate     float64 // messages that the bot can answer in a second; 0: not known
	thought  time.Duration
}

// demandOf returns what a look says of the bot, and so of all addresses alike. a is what
// the bot can do, zero if that is not known.
func demandOf(l Look, a ability, gateways int) demand {
	return demand{
		gateways: gateways, slots: float64(l.Slots), inSystem: float64(l.Waiting + l.Held), rate: a.rate, thought: a.thought,
	}
}

// mayAsk reports whether the address may have one more open question.
//
// An address below the floor always may, and so may one that has less than its share of
// the slots, unless its network is crowded. Beyond that it may as long as nobody would
// wait because of it: there are slots enough, or the bot is quick.
func (d demand) mayAsk() bool {
	own := d.open < questionFloor || float64(d.open) < d.share()
	return own && !d.crowded || d.slots > 0 && (d.spare() || d.quick())
}

// fills reports whether that many open questions are all that a network is guaranteed: its
// owner may use as many addresses as they like, and must not get a floor for each.
func (d demand) fills(open int, scale float64) bool {
	return float64(open) >= max(questionFloor*scale, d.share())
}

// alone reports whether no other address has asked lately.
func (d demand) alone() bool { return d.addresses <= 1 }

// share is the address's part of the slots, in open questions.
func (d demand) share() float64 {
	others := float64(max(1, d.addresses))
	if d.slots == 0 { // no bot is there, and its backlog is bounded
		return most / max(others, questionsUnanswered)
	}
	slots := d.slots / float64(max(1, d.gateways))
	if d.alone() {
		return slots + slots/questionReserve
	}
	return slots / others
}

// spare reports whether there are more free slots than are kept for others.
func (d demand) spare() bool {
	return d.slots-d.inSystem > max(1, d.slots/questionReserve)
}

// quick reports whether the next question would be answered soon in spite of this one,
// even if all that is thought about now was begun at one moment.
func (d demand) quick() bool {
	if d.rate <= 0 {
		return false
	}
	// In seconds: as a Duration, what a bot that hardly answers needs could overflow.
	wait := d.thought.Seconds() + max(0, d.inSystem+1-d.slots)/d.rate
	if d.alone() {
		return wait < target.Seconds()
	}
	return wait < relaxed.Seconds()
}

const (
	// triesPerAnswer is how often an address whose questions wait may try for each answer
	// that the bot can give: slots are not left free then, and few tries are in vain.
	triesPerAnswer = 2
	// minTries and maxTries bound its tries in a second, within RATE_PER_ADDRESS.
	minTries, maxTries = 10., 40.
	// minAskAgain and maxAskAgain bound when one of them tries again.
	minAskAgain, maxAskAgain = 500 * time.Millisecond, 20 * time.Second
)

// askAgain returns when one of so many visitors of an address, who all wait for their
// turn to ask, tries again. The caller spreads it.
func (d demand) askAgain(waiting int) time.Duration {
	tries := math.Min(max(minTries, triesPerAnswer*d.rate), maxTries)
	again := time.Duration(float64(max(1, waiting)) / tries * float64(time.Second))
	return min(max(again, minAskAgain), maxAskAgain)
}
