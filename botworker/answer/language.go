package answer

import "github.com/parley-chat/parley/botworker/language"

const modelFailed = "I'm sorry, I can't answer right now. I'm asking a person to take over."

// phrasesFor returns what the bot says to someone who writes like that: in English, unless
// the text is clearly in another language that the bot knows.
func phrasesFor(text string) phrases { return phrasesIn(text, "") }

// phrasesIn is phrasesFor a question about pages in that language: they decide if the text
// is too short to tell.
func phrasesIn(text string, pages language.Code) phrases {
	code, guess := language.Read(text)
	if code == "" {
		// A word or two: a script tells all the same, and so do the pages.
		if guess != "" && (guess == pages || !language.Latin(guess)) {
			code = guess
		}
	}
	for _, code := range []language.Code{code, pages} {
		if p, ok := spoken[code]; ok && code != "" {
			return p
		}
		if code != "" {
			break // known, and the bot does not speak it
		}
	}
	return english
}
