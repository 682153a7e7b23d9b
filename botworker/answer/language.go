package answer

import (
	"strings"
	"unicode"
)

// phrases are what the bot says by rote, in one language.
type phrases struct {
	words    string // that identify the language
	unknown  string // it does not know
	quoting  string // the model does not answer; what follows is from the pages
	failed   string // neither does, and a person is asked to take over
	filtered string // the endpoint withheld the answer
	more     string // the answer was cut short
}

const modelFailed = "I am sorry, I can't answer just now. I am asking a person to take over."

var english = phrases{
	unknown:  unknown,
	quoting:  "I can't write an answer of my own just now. This is what I found in my pages:",
	failed:   modelFailed,
	filtered: "I would rather leave this one to a person. You can also put the question in other words. " + offer,
	more:     "There is more to say about this: just ask, and I will go on.",
}

// languages are some that visitors may write in when the pages are in another one: words
// that identify them, none of them English, and what the bot says.
var languages = []phrases{
	{`ich du sie wir ist sind bin bist hast haben habe wie wo wann warum wer nicht kein keine mein meine meinen mit und oder das der ein eine einen mir mich kann können könnt möchte auf für zu bitte gibt es sprichst deutsch`,
		"Ich bin ein Bot und habe darauf in meinen Seiten keine Antwort gefunden. Einen Menschen erreichen Sie, wenn Sie `escalate` schreiben oder auf \"Talk to a person\" drücken.",
		"Im Moment kann ich keine eigene Antwort schreiben. Das habe ich in meinen Seiten gefunden:",
		"Es tut mir leid, ich kann gerade nicht antworten. Ich bitte einen Menschen, zu übernehmen.",
		"Diese Frage überlasse ich lieber einem Menschen. Sie können sie auch anders stellen. Einen Menschen erreichen Sie, wenn Sie `escalate` schreiben oder auf \"Talk to a person\" drücken.",
		"Dazu gibt es noch mehr zu sagen: Fragen Sie einfach weiter."},
	{`je tu vous nous est sont suis avez quand où pourquoi qui quel quelle comment ne pas mon ma mes avec et ou le la les un une des du ce cette puis pouvez veux voudrais s'il plaît`,
		"Je suis un robot et je n'ai pas trouvé de réponse dans mes pages. Pour parler à une personne, écrivez `escalate` ou appuyez sur « Talk to a person ».",
		"Je ne peux pas rédiger de réponse pour le moment. Voici ce que j'ai trouvé dans mes pages :",
		"Je suis désolé, je ne peux pas répondre pour le moment. Je demande à une personne de prendre le relais.",
		"Je préfère laisser cette question à une personne. Vous pouvez aussi la formuler autrement. Pour parler à une personne, écrivez `escalate` ou appuyez sur « Talk to a person ».",
		"Il y a encore à dire à ce sujet : demandez-moi simplement de continuer."},
	{`yo tú usted es soy está cuando cuándo dónde donde porque quién qué que cuál cómo cuánto cuesta mi mis con el la los las un una de del puedo puede quiero para por favor hablar`,
		"Soy un bot y no he encontrado respuesta en mis páginas. Para hablar con una persona, escriba `escalate` o pulse «Talk to a person».",
		"En este momento no puedo redactar una respuesta propia. Esto es lo que he encontrado en mis páginas:",
		"Lo siento, ahora mismo no puedo responder. Voy a pedir a una persona que le atienda.",
		"Prefiero dejar esta pregunta a una persona. También puede formularla de otra manera. Para hablar con una persona, escriba `escalate` o pulse «Talk to a person».",
		"Hay más que decir sobre esto: pregúnteme y continúo."},
	{`io tu lei è sono sei quando dove perché chi che quale quanto non mio mia con il la gli un una di del posso può vorrei per favore parlare`,
		"Sono un bot e non ho trovato una risposta nelle mie pagine. Per parlare con una persona, scriva `escalate` o prema «Talk to a person».",
		"In questo momento non posso scrivere una risposta mia. Ecco che cosa ho trovato nelle mie pagine:",
		"Mi dispiace, in questo momento non posso rispondere. Chiedo a una persona di continuare.",
		"Preferisco lasciare questa domanda a una persona. Può anche formularla in un altro modo. Per parlare con una persona, scriva `escalate` o prema «Talk to a person».",
		"C'è altro da dire su questo: basta chiedere e continuo."},
}

// phrasesFor returns what the bot says to someone who writes like that: in English, unless
// the text is clearly in another language that the bot knows.
func phrasesFor(text string) phrases {
	if l, ok := languageOf(strings.ToLower(text)); ok {
		return l
	}
	return english
}

// unknownIn is what the bot says when it does not know, in the language of the lowercase
// text, or "" if that is none of these or unclear.
func unknownIn(text string) string {
	l, _ := languageOf(text)
	return l.unknown
}

// languageOf returns the language of the lowercase text, if it is one of those above.
func languageOf(text string) (phrases, bool) {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	best, most := -1, 0
	for i, l := range languages {
		n := 0
		for _, w := range words {
			if listed(w, l.words) {
				n++
			}
		}
		switch {
		case n > most:
			best, most = i, n
		case n == most:
			best = -1 // a tie
		}
	}
	if best < 0 || most < 2 || most*3 < len(words) {
		return phrases{}, false
	}
	return languages[best], true
}
