package answer

import (
	"strings"
	"unicode/utf8"

	"github.com/parley-chat/parley/botworker/language"
)

// phrases are what the bot says by rote, in one language.
type phrases struct {
	offer   string // a person
	none    string // it found nothing
	again   string // the question can be put in other words
	nearest string // headings follow
	choose  string // one of them may be it
	meant   string // what it quotes may be something else
	from    string // the name of a page follows
	only    string // without its model it can only quote, and found nothing

	quoting  string // the model does not answer; what follows is from the pages
	failed   string // neither does, and a person is asked to take over
	withheld string // the endpoint withheld the answer
	more     string // the answer was cut short
	asking   string // a person is asked; empty: the last sentence of failed says it
}

func (p phrases) unknown() string    { return p.none + " " + p.again + " " + p.offer }
func (p phrases) unsureness() string { return p.meant + " " + p.offer }
func (p phrases) quotesOnly() string { return p.only + " " + p.again + " " + p.offer }
func (p phrases) filtered() string   { return p.withheld + " " + p.again + " " + p.offer }

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

// near names what comes nearest; the list has a line for each.
func (p phrases) near(list string) string {
	return p.none + " " + p.nearest + "\n\n" + list + "\n" + p.choose + " " + p.again + " " + p.offer
}

// spoken has what the bot says by the language of whom it answers. The button's name is as
// the page shows it.
var spoken = map[language.Code]phrases{
	language.English: {
		offer: `To talk to a person, type ` + "`escalate`" + ` or press "Talk to a person".`, none: "I am a bot, and I found no answer to that in my pages.", again: "You can put the question in other words.",
		nearest: "What comes nearest is:", choose: "If it is one of these, write its heading.", meant: "Is that not what you meant?", from: "From ", only: "Right now I can only quote my pages, and I found no answer in them.",
		quoting: "I can't write an answer of my own just now. This is what I found in my pages:", failed: modelFailed, withheld: "I would rather leave this one to a person.", more: "There is more to say about this: just ask, and I will go on.",
	},
	language.German: {
		offer: `Einen Menschen erreichen Sie, wenn Sie ` + "`escalate`" + ` schreiben oder auf "Talk to a person" drücken.`, none: "Ich bin ein Bot und habe darauf in meinen Seiten keine Antwort gefunden.", again: "Sie können die Frage auch anders stellen.",
		nearest: "Am nächsten kommt dem:", choose: "Wenn es eines davon ist, schreiben Sie die Überschrift.", meant: "War das nicht gemeint?", from: "Aus ", only: "Im Moment kann ich nur aus meinen Seiten zitieren und habe darin keine Antwort gefunden.",
		quoting: "Im Moment kann ich keine eigene Antwort schreiben. Das habe ich in meinen Seiten gefunden:", failed: "Es tut mir leid, ich kann gerade nicht antworten. Ich bitte einen Menschen, zu übernehmen.", withheld: "Diese Frage überlasse ich lieber einem Menschen.", more: "Dazu gibt es noch mehr zu sagen: Fragen Sie einfach weiter.",
	},
	language.French: {
		offer: "Pour parler à une personne, écrivez `escalate` ou appuyez sur « Talk to a person ».", none: "Je suis un robot et je n'ai pas trouvé de réponse dans mes pages.", again: "Vous pouvez poser la question autrement.",
		nearest: "Voici ce qui s'en rapproche le plus :", choose: "Si c'est l'un de ces sujets, écrivez son titre.", meant: "Ce n'est pas ce que vous vouliez savoir ?", from: "Extrait de ", only: "Pour le moment, je ne peux que citer mes pages, et je n'y ai pas trouvé de réponse.",
		quoting: "Je ne peux pas rédiger de réponse pour le moment. Voici ce que j'ai trouvé dans mes pages :", failed: "Je suis désolé, je ne peux pas répondre pour le moment. Je demande à une personne de prendre le relais.", withheld: "Je préfère laisser cette question à une personne.", more: "Il y a encore à dire à ce sujet : demandez-moi simplement de continuer.",
	},
	language.Spanish: {
		offer: "Para hablar con una persona, escriba `escalate` o pulse «Talk to a person».", none: "Soy un bot y no he encontrado respuesta en mis páginas.", again: "Puede formular la pregunta de otra manera.",
		nearest: "Lo más parecido es:", choose: "Si es uno de estos temas, escriba su título.", meant: "¿No es lo que buscaba?", from: "De ", only: "En este momento solo puedo citar mis páginas, y no he encontrado respuesta en ellas.",
		quoting: "En este momento no puedo redactar una respuesta propia. Esto es lo que he encontrado en mis páginas:", failed: "Lo siento, ahora mismo no puedo responder. Voy a pedir a una persona que le atienda.", withheld: "Prefiero dejar esta pregunta a una persona.", more: "Hay más que decir sobre esto: pregúnteme y continúo.",
	},
	language.Italian: {
		offer: "Per parlare con una persona, scriva `escalate` o prema «Talk to a person».", none: "Sono un bot e non ho trovato una risposta nelle mie pagine.", again: "Può formulare la domanda in un altro modo.",
		nearest: "Quello che si avvicina di più è:", choose: "Se è uno di questi, ne scriva il titolo.", meant: "Non era quello che cercava?", from: "Da ", only: "In questo momento posso solo citare le mie pagine, e non vi ho trovato una risposta.",
		quoting: "In questo momento non posso scrivere una risposta mia. Ecco che cosa ho trovato nelle mie pagine:", failed: "Mi dispiace, in questo momento non posso rispondere. Chiedo a una persona di continuare.", withheld: "Preferisco lasciare questa domanda a una persona.", more: "C'è altro da dire su questo: basta chiedere e continuo.",
	},
	language.Portuguese: {
		offer: "Para falar com uma pessoa, escreva `escalate` ou prima “Talk to a person”.", none: "Sou um bot e não encontrei resposta nas minhas páginas.", again: "Pode fazer a pergunta com outras palavras.",
		nearest: "O que mais se aproxima é:", choose: "Se for um destes temas, escreva o título.", meant: "Não era isto que procurava?", from: "De ", only: "Neste momento só posso citar as minhas páginas, e não encontrei resposta nelas.",
		quoting: "Neste momento não consigo escrever uma resposta própria. Isto é o que encontrei nas minhas páginas:", failed: "Lamento, neste momento não consigo responder. Vou pedir a uma pessoa que continue.", withheld: "Prefiro deixar esta pergunta a uma pessoa.", more: "Há mais a dizer sobre isto: basta perguntar e eu continuo.",
	},
	language.Dutch: {
		offer: `Wilt u een mens spreken, typ dan ` + "`escalate`" + ` of klik op "Talk to a person".`, none: "Ik ben een bot en heb daarop in mijn pagina's geen antwoord gevonden.", again: "U kunt de vraag ook anders stellen.",
		nearest: "Wat het dichtst in de buurt komt:", choose: "Is het een van deze, typ dan de titel.", meant: "Bedoelde u iets anders?", from: "Uit ", only: "Op dit moment kan ik alleen uit mijn pagina's citeren, en daarin heb ik geen antwoord gevonden.",
		quoting: "Op dit moment kan ik zelf geen antwoord schrijven. Dit heb ik in mijn pagina's gevonden:", failed: "Het spijt me, ik kan nu niet antwoorden. Ik vraag een mens om het over te nemen.", withheld: "Deze vraag laat ik liever aan een mens over.", more: "Hierover valt meer te zeggen: vraag gerust verder.",
	},
	language.Polish: {
		offer: "Aby porozmawiać z człowiekiem, proszę napisać `escalate` albo nacisnąć „Talk to a person”.", none: "Jestem botem i nie znajduję na moich stronach odpowiedzi.", again: "Można zadać pytanie innymi słowami.",
		nearest: "Najbliższe tematy to:", choose: "Jeśli to jeden z nich, proszę napisać jego nagłówek.", meant: "Nie o to chodziło?", from: "Ze strony ", only: "W tej chwili mogę tylko cytować moje strony i nie znajduję w nich odpowiedzi.",
		quoting: "W tej chwili nie mogę sam napisać odpowiedzi. Oto, co znajduję na moich stronach:", failed: "Przepraszam, nie mogę teraz odpowiedzieć. Proszę człowieka o przejęcie rozmowy.", withheld: "To pytanie wolę zostawić człowiekowi.", more: "Jest na ten temat więcej do powiedzenia: proszę pytać dalej.",
	},
	language.Czech: {
		offer: "Chcete-li mluvit s člověkem, napište `escalate` nebo stiskněte „Talk to a person“.", none: "Jsem bot a na svých stránkách jsem odpověď nenašel.", again: "Otázku můžete položit jinak.",
		nearest: "Nejblíže tomu je:", choose: "Pokud je to něco z toho, napište nadpis.", meant: "Měli jste na mysli něco jiného?", from: "Ze stránky ", only: "Teď mohu jen citovat své stránky a odpověď jsem v nich nenašel.",
		quoting: "Teď nemohu napsat vlastní odpověď. Toto jsem našel na svých stránkách:", failed: "Omlouvám se, teď nemohu odpovědět. Prosím člověka, aby převzal rozhovor.", withheld: "Tuto otázku raději přenechám člověku.", more: "K tomu je toho ještě víc: stačí se zeptat a budu pokračovat.",
	},
	language.Swedish: {
		offer: "Vill du prata med en människa, skriv `escalate` eller tryck på ”Talk to a person”.", none: "Jag är en bot och hittade inget svar på det på mina sidor.", again: "Du kan ställa frågan på ett annat sätt.",
		nearest: "Det som ligger närmast är:", choose: "Om det är något av detta, skriv rubriken.", meant: "Var det inte det du menade?", from: "Från ", only: "Just nu kan jag bara citera mina sidor, och jag hittade inget svar där.",
		quoting: "Just nu kan jag inte skriva ett eget svar. Det här hittade jag på mina sidor:", failed: "Jag är ledsen, jag kan inte svara just nu. Jag ber en människa ta över.", withheld: "Den frågan lämnar jag hellre till en människa.", more: "Det finns mer att säga om detta: fråga bara vidare.",
	},
	language.Danish: {
		offer: `Vil du tale med et menneske, så skriv ` + "`escalate`" + ` eller tryk på "Talk to a person".`, none: "Jeg er en bot og fandt ikke noget svar på det på mine sider.", again: "Du kan stille spørgsmålet på en anden måde.",
		nearest: "Det, der kommer tættest på, er:", choose: "Hvis det er et af disse, så skriv overskriften.", meant: "Var det ikke det, du mente?", from: "Fra ", only: "Lige nu kan jeg kun citere mine sider, og jeg fandt ikke noget svar i dem.",
		quoting: "Lige nu kan jeg ikke skrive et svar selv. Det her fandt jeg på mine sider:", failed: "Beklager, jeg kan ikke svare lige nu. Jeg beder et menneske om at tage over.", withheld: "Det spørgsmål overlader jeg hellere til et menneske.", more: "Der er mere at sige om det: spørg bare videre.",
	},
	language.Finnish: {
		offer: "Jos haluat puhua ihmisen kanssa, kirjoita `escalate` tai paina ”Talk to a person”.", none: "Olen botti, enkä löytänyt siihen vastausta sivuiltani.", again: "Voit esittää kysymyksen toisin sanoin.",
		nearest: "Lähimpänä on:", choose: "Jos se on jokin näistä, kirjoita sen otsikko.", meant: "Etkö tarkoittanut tätä?", from: "Sivulta ", only: "Juuri nyt voin vain lainata sivujani, enkä löytänyt niistä vastausta.",
		quoting: "En voi juuri nyt kirjoittaa omaa vastausta. Tämän löysin sivuiltani:", failed: "Olen pahoillani, en voi juuri nyt vastata. Pyydän ihmistä jatkamaan.", withheld: "Jätän tämän kysymyksen mieluummin ihmiselle.", more: "Aiheesta on lisääkin sanottavaa: kysy vain, niin jatkan.",
	},
	language.Turkish: {
		offer: "Bir insanla konuşmak için `escalate` yazın veya “Talk to a person” düğmesine basın.", none: "Ben bir botum ve sayfalarımda buna bir yanıt bulamadım.", again: "Soruyu başka sözlerle sorabilirsiniz.",
		nearest: "En yakın olanlar:", choose: "Bunlardan biriyse başlığını yazın.", meant: "Kastettiğiniz bu değil miydi?", from: "Kaynak: ", only: "Şu anda yalnızca sayfalarımdan alıntı yapabiliyorum ve orada bir yanıt bulamadım.",
		quoting: "Şu anda kendim bir yanıt yazamıyorum. Sayfalarımda şunu buldum:", failed: "Üzgünüm, şu anda yanıt veremiyorum. Bir insandan devralmasını istiyorum.", withheld: "Bu soruyu bir insana bırakmayı tercih ederim.", more: "Bu konuda söylenecek daha çok şey var: sorun, devam edeyim.",
	},
	language.Russian: {
		offer: "Чтобы поговорить с человеком, напишите `escalate` или нажмите «Talk to a person».", none: "Я бот, и на моих страницах нет ответа на этот вопрос.", again: "Попробуйте спросить другими словами.",
		nearest: "Ближе всего вот что:", choose: "Если это то, что нужно, напишите заголовок.", meant: "Вы имели в виду другое?", from: "Источник: ", only: "Сейчас я могу только цитировать свои страницы, и ответа в них нет.",
		quoting: "Сейчас я не могу написать ответ сам. Вот что есть на моих страницах:", failed: "Извините, сейчас я не могу ответить. Я прошу человека продолжить разговор.", withheld: "Этот вопрос я лучше оставлю человеку.", more: "Об этом можно рассказать больше: спросите, и я продолжу.",
	},
	language.Ukrainian: {
		offer: "Щоб поговорити з людиною, напишіть `escalate` або натисніть «Talk to a person».", none: "Я бот, і на моїх сторінках немає відповіді на це.", again: "Спробуйте запитати іншими словами.",
		nearest: "Найближче ось що:", choose: "Якщо це те, що потрібно, напишіть заголовок.", meant: "Ви мали на увазі інше?", from: "Джерело: ", only: "Зараз я можу лише цитувати свої сторінки, і відповіді в них немає.",
		quoting: "Зараз я не можу написати відповідь сам. Ось що є на моїх сторінках:", failed: "Вибачте, зараз я не можу відповісти. Я прошу людину продовжити розмову.", withheld: "Це запитання я краще залишу людині.", more: "Про це можна розповісти більше: запитайте, і я продовжу.",
	},
	language.Arabic: {
		offer: "للتحدث إلى شخص، اكتب `escalate` أو اضغط على «Talk to a person».", none: "أنا روبوت، ولم أجد إجابة عن ذلك في صفحاتي.", again: "يمكنك طرح السؤال بكلمات أخرى.",
		nearest: "الأقرب إلى سؤالك:", choose: "إذا كان أحدها ما تبحث عنه فاكتب عنوانه.", meant: "أليس هذا ما قصدته؟", from: "من ", only: "يمكنني الآن الاقتباس من صفحاتي فقط، ولم أجد فيها إجابة.",
		quoting: "لا أستطيع الآن كتابة إجابة بنفسي. هذا ما وجدته في صفحاتي:", failed: "عذرًا، لا أستطيع الإجابة الآن. سأطلب من شخص أن يتابع معك.", withheld: "أفضل أن أترك هذا السؤال لشخص.", more: "هناك المزيد حول هذا الموضوع: اسأل وسأكمل.",
	},
	language.Hindi: {
		offer: "किसी व्यक्ति से बात करने के लिए `escalate` लिखें या \"Talk to a person\" दबाएँ।", none: "मैं एक बॉट हूँ और मुझे अपने पन्नों में इसका उत्तर नहीं मिला।", again: "आप प्रश्न दूसरे शब्दों में पूछ सकते हैं।",
		nearest: "इसके सबसे निकट यह है:", choose: "यदि इनमें से कोई है, तो उसका शीर्षक लिखें।", meant: "क्या आपका मतलब कुछ और था?", from: "स्रोत: ", only: "अभी मैं केवल अपने पन्नों से उद्धृत कर सकता हूँ, और उनमें उत्तर नहीं मिला।",
		quoting: "अभी मैं स्वयं उत्तर नहीं लिख सकता। मुझे अपने पन्नों में यह मिला:", failed: "क्षमा करें, अभी मैं उत्तर नहीं दे सकता। मैं किसी व्यक्ति से आगे बात करने को कह रहा हूँ।", withheld: "यह प्रश्न मैं किसी व्यक्ति पर छोड़ना चाहूँगा।", more: "इस बारे में और भी बताया जा सकता है: पूछिए, मैं आगे बताऊँगा।",
	},
	language.Chinese: {
		offer: "如需人工服务，请输入 `escalate` 或点击“Talk to a person”。", none: "我是机器人，在我的资料中没有找到答案。", again: "您可以换一种说法提问。",
		nearest: "最接近的内容是：", choose: "如果是其中之一，请输入它的标题。", meant: "这不是您想问的吗？", from: "来源：", only: "目前我只能引用我的资料，而其中没有找到答案。",
		quoting: "我现在无法自己撰写回答。以下是我在资料中找到的内容：", failed: "抱歉，我现在无法回答，正在请人工客服接手。", asking: "正在请人工客服接手。", withheld: "这个问题我想交给人工客服回答。", more: "关于这一点还有更多内容：请继续提问，我会接着说。",
	},
	language.Japanese: {
		offer: "担当者と話すには、`escalate` と入力するか「Talk to a person」を押してください。", none: "私はボットです。手元のページにはその答えが見つかりませんでした。", again: "別の言い方で質問していただくこともできます。",
		nearest: "最も近いものは次のとおりです。", choose: "この中にあれば、見出しを入力してください。", meant: "お探しの内容と違いますか？", from: "出典：", only: "今はページを引用することしかできず、答えは見つかりませんでした。",
		quoting: "今は自分で回答を書くことができません。ページで見つかった内容は次のとおりです。", failed: "申し訳ありません。今はお答えできません。担当者に引き継ぎます。", withheld: "このご質問は担当者にお任せしたいと思います。", more: "この件にはまだ続きがあります。質問していただければ続けます。",
	},
	language.Korean: {
		offer: "사람과 대화하려면 `escalate`라고 입력하거나 \"Talk to a person\"을 누르세요.", none: "저는 봇이며, 제 페이지에서 답을 찾지 못했습니다.", again: "다른 말로 질문하셔도 됩니다.",
		nearest: "가장 가까운 내용은 다음과 같습니다:", choose: "이 중에 있으면 그 제목을 입력하세요.", meant: "찾으시는 내용이 아닌가요?", from: "출처: ", only: "지금은 제 페이지를 인용할 수만 있는데, 거기서 답을 찾지 못했습니다.",
		quoting: "지금은 직접 답변을 쓸 수 없습니다. 제 페이지에서 찾은 내용입니다:", failed: "죄송합니다. 지금은 답변할 수 없어 사람에게 이어 달라고 요청하겠습니다.", asking: "사람에게 이어 달라고 요청하겠습니다.", withheld: "이 질문은 사람에게 맡기고 싶습니다.", more: "이에 대해 더 드릴 말씀이 있습니다. 질문하시면 이어서 말씀드리겠습니다.",
	},
}
