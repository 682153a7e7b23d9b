package llm

import "io"

// maxSample bounds what is read of the answer to a check, in bytes of text.
const maxSample = 16 << 10

// thinksAloudIn reads an answer and reports whether thoughts end in it that never began:
// then every answer of this model is held back until its thoughts end, from the first
// visitor on. What can't be read says nothing.
func thinksAloudIn(answer io.Reader) (aloud bool) {
	b := newBody(&bounded{answer, maxStream})
	s := screen{say: func(string) {}, void: func() { aloud = true }}
	for read := 0; read < maxSample && !aloud; {
		v, err := b.next()
		if err != nil {
			break
		}
		c, err := parse(v)
		if err != nil || c.thought != "" { // the endpoint tells thoughts from words
			break
		}
		read += len(c.text)
		s.feed(c.text)
		if c.finish != "" {
			break
		}
	}
	return aloud
}
