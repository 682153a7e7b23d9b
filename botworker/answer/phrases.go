package answer

import (
	"strings"
	"unicode/utf8"

	"github.com/parley-chat/parley/botworker/language"
)

// phrases are what the bot says by rote, in one language.
type phrases struct {
	none    string // it found nothing
	again   string // the question can be put in other words
	nearest string // choices follow
	hedge   string // what it quotes may be the answer
	meant   string // what it quotes may be something else
	unsure  string // it can't tell whether it has the answer; nearest and choices follow
	only    string // without its model it can only quote, and found nothing

	quoting  string // the model does not answer; what follows is from the pages
	failed   string // neither does, and a person is asked to take over
	withheld string // the endpoint withheld the answer
	more     string // the answer was cut short
	asking   string // a person is asked; empty: the last sentence of failed says it
	files    string // there was nothing but files, which it can't look at; a person is offered
}

func (p phrases) unknown() string    { return p.none + " " + p.again }
func (p phrases) quotesOnly() string { return p.only + " " + p.again }
func (p phrases) filtered() string   { return p.withheld + " " + p.again }

// handing says that a person is asked to take over.
func (p phrases) handing() string {
	if p.asking != "" {
		return p.asking
	}
	end := strings.TrimRight(p.failed, ".。।")
	at := strings.LastIndexAny(end, ".。।")
	_, width := utf8.DecodeRuneInString(end[at:])
	return strings.TrimSpace(p.failed[at+width:])
}

// spoken has what the bot says by the language of whom it answers.
var spoken = map[language.Code]phrases{
	language.English: {
		none: "I'm a bot, and I couldn't find an answer to that.", again: "Try asking in other words.",
		nearest: "This is the closest I have:", meant: "Not what you meant?", only: "Right now I can only quote our pages, and I couldn't find an answer there.",
		hedge: "This may help:", unsure: "I'm a bot, and I'm not sure I have the answer to that.",
		quoting: "I can't write my own answer just now. Here's what our pages say:", failed: modelFailed, withheld: "I'd rather leave this one to a person.", more: "There's more to this: just ask, and I'll go on.",
		files: "I'm a bot, and I can't look at files. Tell me in words what it's about, or talk to a person, who can see what you sent.",
	},
	language.German: {
		none: "Ich bin ein Bot und habe darauf in meinen Seiten keine Antwort gefunden.", again: "Sie können die Frage auch anders stellen.",
		nearest: "Am nächsten kommt dem:", meant: "War das nicht gemeint?", only: "Im Moment kann ich nur aus meinen Seiten zitieren und habe darin keine Antwort gefunden.",
		hedge: "Das könnte weiterhelfen:", unsure: "Ich bin ein Bot und nicht sicher, ob ich darauf eine Antwort habe.",
		quoting: "Im Moment kann ich keine eigene Antwort schreiben. Das habe ich in meinen Seiten gefunden:", failed: "Es tut mir leid, ich kann gerade nicht antworten. Ich bitte einen Menschen, zu übernehmen.", withheld: "Diese Frage überlasse ich lieber einem Menschen.", more: "Dazu gibt es noch mehr zu sagen: Fragen Sie einfach weiter.",
		files: "Ich bin ein Bot und kann mir Dateien nicht ansehen. Schreiben Sie mir, worum es geht, oder sprechen Sie mit einem Menschen, der sehen kann, was Sie geschickt haben.",
	},
	language.French: {
		none: "Je suis un robot et je n'ai pas trouvé de réponse dans mes pages.", again: "Vous pouvez poser la question autrement.",
		nearest: "Voici ce qui s'en rapproche le plus :", meant: "Ce n'est pas ce que vous vouliez savoir ?", only: "Pour le moment, je ne peux que citer mes pages, et je n'y ai pas trouvé de réponse.",
		hedge: "Ceci pourrait vous aider :", unsure: "Je suis un robot et je ne suis pas sûr d'avoir la réponse.",
		quoting: "Je ne peux pas rédiger de réponse pour le moment. Voici ce que j'ai trouvé dans mes pages :", failed: "Je suis désolé, je ne peux pas répondre pour le moment. Je demande à une personne de prendre le relais.", withheld: "Je préfère laisser cette question à une personne.", more: "Il y a encore à dire à ce sujet : demandez-moi simplement de continuer.",
		files: "Je suis un robot et je ne peux pas regarder les fichiers. Dites-moi en quelques mots de quoi il s'agit, ou parlez à une personne, qui verra ce que vous avez envoyé.",
	},
	language.Spanish: {
		none: "Soy un bot y no he encontrado respuesta en mis páginas.", again: "Puede formular la pregunta de otra manera.",
		nearest: "Lo más parecido es:", meant: "¿No es lo que buscaba?", only: "En este momento solo puedo citar mis páginas, y no he encontrado respuesta en ellas.",
		hedge: "Esto puede ayudarle:", unsure: "Soy un bot y no estoy seguro de tener la respuesta.",
		quoting: "En este momento no puedo redactar una respuesta propia. Esto es lo que he encontrado en mis páginas:", failed: "Lo siento, ahora mismo no puedo responder. Voy a pedir a una persona que le atienda.", withheld: "Prefiero dejar esta pregunta a una persona.", more: "Hay más que decir sobre esto: pregúnteme y continúo.",
		files: "Soy un bot y no puedo ver archivos. Dígame con palabras de qué se trata, o hable con una persona, que verá lo que ha enviado.",
	},
	language.Italian: {
		none: "Sono un bot e non ho trovato una risposta nelle mie pagine.", again: "Può formulare la domanda in un altro modo.",
		nearest: "Quello che si avvicina di più è:", meant: "Non era quello che cercava?", only: "In questo momento posso solo citare le mie pagine, e non vi ho trovato una risposta.",
		hedge: "Questo potrebbe esserle utile:", unsure: "Sono un bot e non sono sicuro di avere la risposta.",
		quoting: "In questo momento non posso scrivere una risposta mia. Ecco che cosa ho trovato nelle mie pagine:", failed: "Mi dispiace, in questo momento non posso rispondere. Chiedo a una persona di continuare.", withheld: "Preferisco lasciare questa domanda a una persona.", more: "C'è altro da dire su questo: basta chiedere e continuo.",
		files: "Sono un bot e non posso guardare i file. Mi dica a parole di che cosa si tratta, o parli con una persona, che vedrà ciò che ha inviato.",
	},
	language.Portuguese: {
		none: "Sou um bot e não encontrei resposta nas minhas páginas.", again: "Pode fazer a pergunta com outras palavras.",
		nearest: "O que mais se aproxima é:", meant: "Não era isto que procurava?", only: "Neste momento só posso citar as minhas páginas, e não encontrei resposta nelas.",
		hedge: "Isto pode ajudar:", unsure: "Sou um bot e não tenho a certeza de ter a resposta.",
		quoting: "Neste momento não consigo escrever uma resposta própria. Isto é o que encontrei nas minhas páginas:", failed: "Lamento, neste momento não consigo responder. Vou pedir a uma pessoa que continue.", withheld: "Prefiro deixar esta pergunta a uma pessoa.", more: "Há mais a dizer sobre isto: basta perguntar e eu continuo.",
		files: "Sou um bot e não consigo ver ficheiros. Diga-me por palavras do que se trata, ou fale com uma pessoa, que verá o que enviou.",
	},
	language.Dutch: {
		none: "Ik ben een bot en heb daarop in mijn pagina's geen antwoord gevonden.", again: "U kunt de vraag ook anders stellen.",
		nearest: "Wat het dichtst in de buurt komt:", meant: "Bedoelde u iets anders?", only: "Op dit moment kan ik alleen uit mijn pagina's citeren, en daarin heb ik geen antwoord gevonden.",
		hedge: "Misschien helpt dit:", unsure: "Ik ben een bot en weet niet zeker of ik daarop een antwoord heb.",
		quoting: "Op dit moment kan ik zelf geen antwoord schrijven. Dit heb ik in mijn pagina's gevonden:", failed: "Het spijt me, ik kan nu niet antwoorden. Ik vraag een mens om het over te nemen.", withheld: "Deze vraag laat ik liever aan een mens over.", more: "Hierover valt meer te zeggen: vraag gerust verder.",
		files: "Ik ben een bot en kan geen bestanden bekijken. Schrijf me in woorden waar het over gaat, of praat met een mens, die kan zien wat u hebt gestuurd.",
	},
	language.Polish: {
		none: "Jestem botem i nie znajduję na moich stronach odpowiedzi.", again: "Można zadać pytanie innymi słowami.",
		nearest: "Najbliższe tematy to:", meant: "Nie o to chodziło?", only: "W tej chwili mogę tylko cytować moje strony i nie znajduję w nich odpowiedzi.",
		hedge: "To może pomóc:", unsure: "Jestem botem i nie mam pewności, czy znam odpowiedź.",
		quoting: "W tej chwili nie mogę sam napisać odpowiedzi. Oto, co znajduję na moich stronach:", failed: "Przepraszam, nie mogę teraz odpowiedzieć. Proszę człowieka o przejęcie rozmowy.", withheld: "To pytanie wolę zostawić człowiekowi.", more: "Jest na ten temat więcej do powiedzenia: proszę pytać dalej.",
		files: "Jestem botem i nie mogę oglądać plików. Proszę opisać słowami, o co chodzi, albo porozmawiać z człowiekiem, który zobaczy, co zostało wysłane.",
	},
	language.Czech: {
		none: "Jsem bot a na svých stránkách jsem odpověď nenašel.", again: "Otázku můžete položit jinak.",
		nearest: "Nejblíže tomu je:", meant: "Měli jste na mysli něco jiného?", only: "Teď mohu jen citovat své stránky a odpověď jsem v nich nenašel.",
		hedge: "Mohlo by pomoci toto:", unsure: "Jsem bot a nejsem si jistý, zda na to mám odpověď.",
		quoting: "Teď nemohu napsat vlastní odpověď. Toto jsem našel na svých stránkách:", failed: "Omlouvám se, teď nemohu odpovědět. Prosím člověka, aby převzal rozhovor.", withheld: "Tuto otázku raději přenechám člověku.", more: "K tomu je toho ještě víc: stačí se zeptat a budu pokračovat.",
		files: "Jsem bot a soubory si prohlížet neumím. Napište mi slovy, o co jde, nebo si promluvte s člověkem, který uvidí, co jste poslali.",
	},
	language.Swedish: {
		none: "Jag är en bot och hittade inget svar på det på mina sidor.", again: "Du kan ställa frågan på ett annat sätt.",
		nearest: "Det som ligger närmast är:", meant: "Var det inte det du menade?", only: "Just nu kan jag bara citera mina sidor, och jag hittade inget svar där.",
		hedge: "Det här kan hjälpa:", unsure: "Jag är en bot och är inte säker på att jag har svaret.",
		quoting: "Just nu kan jag inte skriva ett eget svar. Det här hittade jag på mina sidor:", failed: "Jag är ledsen, jag kan inte svara just nu. Jag ber en människa ta över.", withheld: "Den frågan lämnar jag hellre till en människa.", more: "Det finns mer att säga om detta: fråga bara vidare.",
		files: "Jag är en bot och kan inte titta på filer. Skriv med ord vad det gäller, eller prata med en människa som kan se det du skickade.",
	},
	language.Danish: {
		none: "Jeg er en bot og fandt ikke noget svar på det på mine sider.", again: "Du kan stille spørgsmålet på en anden måde.",
		nearest: "Det, der kommer tættest på, er:", meant: "Var det ikke det, du mente?", only: "Lige nu kan jeg kun citere mine sider, og jeg fandt ikke noget svar i dem.",
		hedge: "Det her kan måske hjælpe:", unsure: "Jeg er en bot og er ikke sikker på, at jeg har svaret.",
		quoting: "Lige nu kan jeg ikke skrive et svar selv. Det her fandt jeg på mine sider:", failed: "Beklager, jeg kan ikke svare lige nu. Jeg beder et menneske om at tage over.", withheld: "Det spørgsmål overlader jeg hellere til et menneske.", more: "Der er mere at sige om det: spørg bare videre.",
		files: "Jeg er en bot og kan ikke se på filer. Skriv med ord, hvad det handler om, eller tal med et menneske, som kan se det, du har sendt.",
	},
	language.Finnish: {
		none: "Olen botti, enkä löytänyt siihen vastausta sivuiltani.", again: "Voit esittää kysymyksen toisin sanoin.",
		nearest: "Lähimpänä on:", meant: "Etkö tarkoittanut tätä?", only: "Juuri nyt voin vain lainata sivujani, enkä löytänyt niistä vastausta.",
		hedge: "Tästä voi olla apua:", unsure: "Olen botti, enkä ole varma, onko minulla siihen vastausta.",
		quoting: "En voi juuri nyt kirjoittaa omaa vastausta. Tämän löysin sivuiltani:", failed: "Olen pahoillani, en voi juuri nyt vastata. Pyydän ihmistä jatkamaan.", withheld: "Jätän tämän kysymyksen mieluummin ihmiselle.", more: "Aiheesta on lisääkin sanottavaa: kysy vain, niin jatkan.",
		files: "Olen botti, enkä voi katsoa tiedostoja. Kerro sanoin, mistä on kyse, tai puhu ihmisen kanssa, joka näkee lähettämäsi.",
	},
	language.Turkish: {
		none: "Ben bir botum ve sayfalarımda buna bir yanıt bulamadım.", again: "Soruyu başka sözlerle sorabilirsiniz.",
		nearest: "En yakın olanlar:", meant: "Kastettiğiniz bu değil miydi?", only: "Şu anda yalnızca sayfalarımdan alıntı yapabiliyorum ve orada bir yanıt bulamadım.",
		hedge: "Bu yardımcı olabilir:", unsure: "Ben bir botum ve buna bir yanıtım olduğundan emin değilim.",
		quoting: "Şu anda kendim bir yanıt yazamıyorum. Sayfalarımda şunu buldum:", failed: "Üzgünüm, şu anda yanıt veremiyorum. Bir insandan devralmasını istiyorum.", withheld: "Bu soruyu bir insana bırakmayı tercih ederim.", more: "Bu konuda söylenecek daha çok şey var: sorun, devam edeyim.",
		files: "Ben bir botum ve dosyalara bakamam. Konunun ne olduğunu sözcüklerle yazın ya da gönderdiğinizi görebilecek bir insanla konuşun.",
	},
	language.Russian: {
		none: "Я бот, и на моих страницах нет ответа на этот вопрос.", again: "Попробуйте спросить другими словами.",
		nearest: "Ближе всего вот что:", meant: "Вы имели в виду другое?", only: "Сейчас я могу только цитировать свои страницы, и ответа в них нет.",
		hedge: "Возможно, это поможет:", unsure: "Я бот и не уверен, что у меня есть ответ на это.",
		quoting: "Сейчас я не могу написать ответ сам. Вот что есть на моих страницах:", failed: "Извините, сейчас я не могу ответить. Я прошу человека продолжить разговор.", withheld: "Этот вопрос я лучше оставлю человеку.", more: "Об этом можно рассказать больше: спросите, и я продолжу.",
		files: "Я бот и не могу смотреть файлы. Опишите словами, о чём речь, или поговорите с человеком: он увидит, что вы прислали.",
	},
	language.Ukrainian: {
		none: "Я бот, і на моїх сторінках немає відповіді на це.", again: "Спробуйте запитати іншими словами.",
		nearest: "Найближче ось що:", meant: "Ви мали на увазі інше?", only: "Зараз я можу лише цитувати свої сторінки, і відповіді в них немає.",
		hedge: "Можливо, це допоможе:", unsure: "Я бот і не впевнений, що маю відповідь на це.",
		quoting: "Зараз я не можу написати відповідь сам. Ось що є на моїх сторінках:", failed: "Вибачте, зараз я не можу відповісти. Я прошу людину продовжити розмову.", withheld: "Це запитання я краще залишу людині.", more: "Про це можна розповісти більше: запитайте, і я продовжу.",
		files: "Я бот і не можу переглядати файли. Опишіть словами, про що йдеться, або поговоріть з людиною: вона побачить, що ви надіслали.",
	},
	language.Arabic: {
		none: "أنا روبوت، ولم أجد إجابة عن ذلك في صفحاتي.", again: "يمكنك طرح السؤال بكلمات أخرى.",
		nearest: "الأقرب إلى سؤالك:", meant: "أليس هذا ما قصدته؟", only: "يمكنني الآن الاقتباس من صفحاتي فقط، ولم أجد فيها إجابة.",
		hedge: "قد يفيدك هذا:", unsure: "أنا روبوت، ولست متأكدًا من أن لدي إجابة عن ذلك.",
		quoting: "لا أستطيع الآن كتابة إجابة بنفسي. هذا ما وجدته في صفحاتي:", failed: "عذرًا، لا أستطيع الإجابة الآن. سأطلب من شخص أن يتابع معك.", withheld: "أفضل أن أترك هذا السؤال لشخص.", more: "هناك المزيد حول هذا الموضوع: اسأل وسأكمل.",
		files: "أنا روبوت ولا أستطيع الاطلاع على الملفات. صف لي الأمر بالكلمات، أو تحدث إلى شخص يمكنه رؤية ما أرسلته.",
	},
	language.Hindi: {
		none: "मैं एक बॉट हूँ और मुझे अपने पन्नों में इसका उत्तर नहीं मिला।", again: "आप प्रश्न दूसरे शब्दों में पूछ सकते हैं।",
		nearest: "इसके सबसे निकट यह है:", meant: "क्या आपका मतलब कुछ और था?", only: "अभी मैं केवल अपने पन्नों से उद्धृत कर सकता हूँ, और उनमें उत्तर नहीं मिला।",
		hedge: "शायद इससे मदद मिले:", unsure: "मैं एक बॉट हूँ और मुझे पक्का नहीं पता कि मेरे पास इसका उत्तर है या नहीं।",
		quoting: "अभी मैं स्वयं उत्तर नहीं लिख सकता। मुझे अपने पन्नों में यह मिला:", failed: "क्षमा करें, अभी मैं उत्तर नहीं दे सकता। मैं किसी व्यक्ति से आगे बात करने को कह रहा हूँ।", withheld: "यह प्रश्न मैं किसी व्यक्ति पर छोड़ना चाहूँगा।", more: "इस बारे में और भी बताया जा सकता है: पूछिए, मैं आगे बताऊँगा।",
		files: "मैं एक बॉट हूँ और फ़ाइलें नहीं देख सकता। शब्दों में बताइए कि बात क्या है, या किसी व्यक्ति से बात कीजिए, जो आपकी भेजी हुई चीज़ देख सके।",
	},
	language.Chinese: {
		none: "我是机器人，在我的资料中没有找到答案。", again: "您可以换一种说法提问。",
		nearest: "最接近的内容是：", meant: "这不是您想问的吗？", only: "目前我只能引用我的资料，而其中没有找到答案。",
		hedge: "以下内容或许有帮助：", unsure: "我是机器人，不确定是否有您要的答案。",
		quoting: "我现在无法自己撰写回答。以下是我在资料中找到的内容：", failed: "抱歉，我现在无法回答，正在请人工客服接手。", asking: "正在请人工客服接手。", withheld: "这个问题我想交给人工客服回答。", more: "关于这一点还有更多内容：请继续提问，我会接着说。",
		files: "我是机器人，无法查看文件。请用文字告诉我是什么情况，或联系人工客服，他们能看到您发送的内容。",
	},
	language.Japanese: {
		none: "私はボットです。手元のページにはその答えが見つかりませんでした。", again: "別の言い方で質問していただくこともできます。",
		nearest: "最も近いものは次のとおりです。", meant: "お探しの内容と違いますか？", only: "今はページを引用することしかできず、答えは見つかりませんでした。",
		hedge: "こちらが参考になるかもしれません。", unsure: "私はボットです。ご質問への答えがあるかどうか、確信がありません。",
		quoting: "今は自分で回答を書くことができません。ページで見つかった内容は次のとおりです。", failed: "申し訳ありません。今はお答えできません。担当者に引き継ぎます。", withheld: "このご質問は担当者にお任せしたいと思います。", more: "この件にはまだ続きがあります。質問していただければ続けます。",
		files: "私はボットで、ファイルを見ることができません。内容を言葉でお知らせいただくか、送られたものを確認できる担当者とお話しください。",
	},
	language.Korean: {
		none: "저는 봇이며, 제 페이지에서 답을 찾지 못했습니다.", again: "다른 말로 질문하셔도 됩니다.",
		nearest: "가장 가까운 내용은 다음과 같습니다:", meant: "찾으시는 내용이 아닌가요?", only: "지금은 제 페이지를 인용할 수만 있는데, 거기서 답을 찾지 못했습니다.",
		hedge: "다음 내용이 도움이 될 수 있습니다:", unsure: "저는 봇이며, 이에 대한 답이 있는지 확실하지 않습니다.",
		quoting: "지금은 직접 답변을 쓸 수 없습니다. 제 페이지에서 찾은 내용입니다:", failed: "죄송합니다. 지금은 답변할 수 없어 사람에게 이어 달라고 요청하겠습니다.", asking: "사람에게 이어 달라고 요청하겠습니다.", withheld: "이 질문은 사람에게 맡기고 싶습니다.", more: "이에 대해 더 드릴 말씀이 있습니다. 질문하시면 이어서 말씀드리겠습니다.",
		files: "저는 봇이라 파일을 볼 수 없습니다. 어떤 일인지 글로 알려 주시거나, 보내신 것을 볼 수 있는 상담원과 이야기해 주세요.",
	},
}
