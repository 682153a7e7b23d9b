package language

import "testing"

// BenchmarkRead is what it costs to recognize the language of a message.
func BenchmarkRead(b *testing.B) {
	for _, of := range []struct{ name, text string }{
		{"english", "How do I put the chat on my own site?"},
		{"german", "Wie lange dauert der Versand nach Österreich, und was kostet er?"},
		{"russian", "Где моя посылка, я жду уже неделю"},
		{"chinese", "我的包裹在哪里？我已经等了一个星期了"},
	} {
		b.Run(of.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Read(of.text)
			}
		})
	}
}
