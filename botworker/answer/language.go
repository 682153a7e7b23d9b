package answer

import (
	"strings"
	"unicode"
)

// languages are some that visitors may write in when the pages are in another one: words
// that identify them, none of them English, and what the bot says when it does not know.
var languages = []struct{ words, unknown string }{
	{`ich du sie wir ist sind bin bist hast haben habe wie wo wann warum wer nicht kein keine mein meine meinen mit und oder das der ein eine einen mir mich kann können könnt möchte auf für zu bitte gibt es sprichst deutsch`,
		"Ich bin ein Bot und habe darauf in meinen Seiten keine Antwort gefunden. Einen Menschen erreichen Sie, wenn Sie `escalate` schreiben oder auf \"Talk to a person\" drücken."},
	{`je tu vous nous est sont suis avez quand où pourquoi qui quel quelle comment ne pas mon ma mes avec et ou le la les un une des du ce cette puis pouvez veux voudrais s'il plaît`,
		"Je suis un robot et je n'ai pas trouvé de réponse dans mes pages. Pour parler à une personne, écrivez `escalate` ou appuyez sur « Talk to a person »."},
	{`yo tú usted es soy está cuando cuándo dónde donde porque quién qué que cuál cómo cuánto cuesta mi mis con el la los las un una de del puedo puede quiero para por favor hablar`,
		"Soy un bot y no he encontrado respuesta en mis páginas. Para hablar con una persona, escriba `escalate` o pulse «Talk to a person»."},
	{`io tu lei è sono sei quando dove perché chi che quale quanto non mio mia con il la gli un una di del posso può vorrei per favore parlare`,
		"Sono un bot e non ho trovato una risposta nelle mie pagine. Per parlare con una persona, scriva `escalate` o prema «Talk to a person»."},
}

// unknownIn is what the bot says when it does not know, in the language of the lowercase
// text, or "" if that is none of these or unclear.
func unknownIn(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	best, most := "", 0
	for _, l := range languages {
		n := 0
		for _, w := range words {
			if listed(w, l.words) {
				n++
			}
		}
		switch {
		case n > most:
			best, most = l.unknown, n
		case n == most:
			best = "" // a tie
		}
	}
	if most < 2 || most*3 < len(words) {
		return ""
	}
	return best
}
