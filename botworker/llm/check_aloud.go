package llm

import (
	"cmp"
	"io"
)

// maxSample bounds what is read of the answer to a check, in bytes of text.
const maxSample = 16 << 10

// voice is how a model begins its answers.
type voice struct {
	model   string
	aloud   bool // with thoughts whose beginning is not marked
	certain bool // the answer was read up to the end of its thoughts, or its own end
}

// voiceIn reads an answer up to the end of thoughts that never began, or to its own end:
// from the first visitor on, it is known whether the answers of this model must be held
// back until their thoughts end. What can't be read says nothing.
func voiceIn(answer io.Reader) (v voice) {
	b := newBody(&bounded{answer, maxStream})
	s := screen{say: func(string) {}, void: func() { v.aloud, v.certain = true, true }}
	for read := 0; read < maxSample && !v.certain; {
		value, err := b.next()
		if err != nil {
			break
		}
		c, err := parse(value)
		if err != nil || c.thought != "" { // the endpoint tells thoughts from words
			break
		}
		v.model = cmp.Or(v.model, c.model)
		read += len(c.text)
		s.feed(c.text)
		if c.finish != "" {
			s.end()
			v.certain = v.certain || read > 0 && finishOf(c.finish) == Stop && s.mode != thinking
			break
		}
	}
	return v
}
