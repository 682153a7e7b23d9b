package language

// stopText lists, by language, words that say nothing about the subject of a question:
// pronouns, articles, prepositions, question words, and words of asking for help. They
// also tell languages apart. English has a longer list of its own with those who search.
var stopText = map[Code]string{
	English: `a about after all am an and any anyone are as at be been before but by can could did do does for from get had has have hello help hi how i if in into is it its
me more my no not of on or our out please so some tell than thank that the their them then there these they this those to too us use want was we were what when where which who why will with would you your yours`,
	German: `der die das den dem des ein eine einen einem einer eines kein keine keinen keiner und oder aber auch nur noch schon sehr mehr nicht nichts ich du er sie es wir ihr mich mir dich dir sich uns euch ihnen ihm ihn
mein meine meinen meinem meiner meines dein deine deinen deiner sein seine seinen ihre ihren ihrem ihrer unser unsere unseren euer eure euren ist sind war waren bin bist seid sein wird werden wurde wurden worden hat haben habe hast hatte hatten
wie was wer wo wann warum wieso weshalb wohin woher wen wem welche welcher welches welchen welchem wieviel viel viele wieviele lange oft kann kannst können könnt könnte könnten könnten muss müssen musst muß müsst soll sollen sollte will wollen wollt möchte möchten mag darf dürfen dürft
mit ohne für gegen von vom zu zum zur bei beim in im ins an am auf aus nach vor über unter durch um bis ab seit während wegen dass daß wenn weil ob als denn dann doch mal da hier dort so man jetzt bitte danke hallo gibt geben gebt es ja nein etwas alle alles allem jeder jede jedes jeden
mache machen macht gemacht tun tut geht gehen gehts ging bekomme bekommen bekommt erhalte erhalten finde finden brauche brauchen braucht benötige möglich frage fragen hilfe helfen wissen weiß sagen sage bieten bietet biete eigentlich genau dieser diese dieses diesen diesem
dauert dauern dauer lang funktioniert funktionieren passiert passieren tage tagen eigenen eigene`,
	French: `le la les l un une des du de d au aux et ou mais donc car ne n pas plus je j tu il elle on nous vous ils elles me m te t se s lui leur leurs moi toi ce c cet cette ces cela ça ceci mon ma mes ton ta tes son sa ses notre nos votre vos
est sont suis es êtes sommes était étaient être été sera serait a ai as avez avons ont avait avoir aurait fait faire faites faut qui que qu quoi dont où quand comment combien pourquoi quel quelle quels quelles lequel laquelle est-ce
peut peux pouvez pouvons peuvent puis pourrais pourriez pouvoir dois doit devez doivent devoir veux veut voulez voudrais voudrait aimerais souhaite dans sur sous avec sans pour par en à vers chez entre après avant depuis pendant jusqu jusque si oui non
bonjour merci svp plaît plait s'il aussi très bien tout tous toute toutes y là ici même autre comme avez-vous puis-je peut-on y-a-t-il aider aide savoir dire besoin trouver obtenir existe possible temps prend prendre proposez fonctionne marche passe`,
	Spanish: `el la los las lo un una unos unas de del al a y e o u pero no ni sí si que qué quien quién quienes cual cuál cuales cuáles cuando cuándo donde dónde adónde como cómo cuanto cuánto cuanta cuánta cuantos cuántos cuantas cuántas por para con sin en sobre entre hasta desde hacia según tras
yo tú tu él ella usted ustedes nosotros ellos ellas me te se nos le les mi mis tus su sus nuestro nuestra mío este esta esto estos estas ese esa eso esos esas es son soy eres está están estoy estaba era fue ser estar ha han he has hay había haber hacer hago hace hacen hecho
puedo puede pueden puedes podría podrían podemos poder debo debe deben tengo tiene tienen tienes tener quiero quiere quisiera necesito necesita gustaría porque muy más menos también ya aún todo toda todos todas algo alguien nada hola gracias favor buenos días ayuda ayudar saber decir
posible forma ofrecen ofrece existe funciona pasa tarda tardan tiempo días día cuesta ustedes vosotros vuestra tenéis podéis hacéis`,
	Italian: `il lo la i gli le l un uno una di del dello della dei degli delle dell a al allo alla ai agli alle all da dal dalla dalle in nel nella nei nelle con su sul sulla per tra fra e ed o ma non né se che chi cui quale quali quando dove come quanto quanta quanti quante perché cosa cos
io tu lui lei noi voi loro mi ti si ci vi me te mio mia miei mie tuo tua suo sua suoi nostro vostro vostra questo questa questi queste quello quella quelli è sono sei siamo siete era essere stato ho hai ha abbiamo avete hanno aveva avere fare faccio fa fate c'è
posso può possono puoi potete potrei potrebbe devo deve devono dovrei voglio vuole vorrei bisogno più meno anche già molto tutto tutti tutte qualcosa niente sì no ciao grazie favore buongiorno aiuto aiutare sapere dire possibile esiste funziona succede tempo ci vuole giorni serve`,
	Portuguese: `o a os as um uma uns umas de do da dos das em no na nos nas ao à aos às por pelo pela pelos para pra com sem sobre entre até desde e ou mas não nem se que quem qual quais quando onde como quanto quanta quantos quantas porque porquê
eu tu você vocês ele ela nós eles elas me te se lhe nos meu minha meus minhas teu tua seu sua seus suas nosso nossa este esta isto esse essa isso aquele aquela é são sou está estão estou era foi ser estar há tem têm tenho ter tinha haver fazer faço faz feito
posso pode podem podemos poderia preciso precisa devo deve quero quer queria gostaria mais menos muito também já ainda tudo todos todas algo nada sim olá oi obrigado obrigada favor bom dia ajuda ajudar saber dizer possível existe oferecem funciona acontece demora tempo dias dia custa`,
	Dutch: `de het een en of maar want dus niet geen wel ook nog al zeer meer ik jij je u hij zij ze wij we jullie mij me jou hem haar ons hun zich mijn jouw uw zijn onze dit dat deze die is zijn was waren ben bent wordt worden werd heb heeft hebben hebt had
wie wat waar wanneer waarom hoe hoeveel welke welk hoelang lang kan kunnen kunt kon mag mogen moet moeten moest wil willen wilt zou zullen zal met zonder voor van naar bij in op aan uit over onder door om tot te ter na tegen sinds tijdens als dan omdat er hier daar
ja nee hallo dank bedankt alstublieft graag iets niets alle alles iedereen doe doen doet gaat gaan krijg krijgen krijgt vind vinden nodig vraag hulp helpen weten zeggen mogelijk bestaat bieden werkt gebeurt duurt dagen dag`,
	Polish: `i a w we z ze na do od o u po za przez przy pod nad dla bez oraz lub albo ale czy nie tak to ten ta te ci tego tej tych tym tymi temu jest są był była było były być będzie będą mam ma masz mamy mają macie miał ja ty on ona ono my wy oni
mnie mi mną cię ci ciebie się go jej jego ich im nas nam was wam mój moja moje moich mojej mojego moim twój wasz wasza wasze swój co kto kogo komu gdzie kiedy jak jaki jaka jakie jakich dlaczego ile który która które których którym czego czym
mogę może można możecie możemy mógłbym mogą muszę musi trzeba chcę chciałbym chciałabym chce potrzebuję proszę dziękuję dzień dobry cześć tylko już jeszcze bardzo też także gdy jeśli jeżeli że żeby bo więc coś nic wszystko pomoc pomóc wiedzieć istnieje działa trwa dni dzień długo macie jestem robi zrobić`,
	Czech: `a i v ve z ze na do od o u po za při pod nad pro bez k ke s se si nebo ale či ne ano to ten ta ty ti toho té těch tím tomu je jsou byl byla bylo byly být bude budou jsem jsi jsme jste mám má máte máme mají měl já on ona ono my vy oni mě mi mně mnou tě ti vás vám nás nám ho ji jeho její jejich jim
můj moje má mého mé mých svůj svou své co kdo koho komu kde kdy jak jaký jaká jaké jakých proč kolik který která které kterých čeho čím mohu můžu může můžete můžeme lze dá musím musí chci chtěl chtěla bych potřebuji prosím děkuji díky dobrý den ahoj jen už ještě velmi také když jestli že aby protože tedy něco nic vše
pomoc pomoct vědět existuje funguje trvá dní den dlouho dělat udělat nabízíte`,
	Swedish: `och eller men att det den de en ett i på av för till från med utan om under över vid efter innan mellan mot som är var vara varit blir bli blev har hade ha kan kunna kunde ska skall skulle måste får få vill ville jag du han hon vi ni de mig dig oss er honom henne dem sig
min mitt mina din ditt dina er ert era vår vårt våra sin sitt sina vad vem var när hur varför vilken vilket vilka många mycket lång länge inte ingen inget inga ej ja nej hej tack snälla detta denna dessa där här då så nu också bara mer mest något någon några alla allt finns göra gör går ta tar hjälp hjälpa veta säga möjligt fungerar händer dagar dag behöver`,
	Danish: `og eller men at det den de en et i på af for til fra med uden om under over ved efter inden mellem mod som er var være været bliver blive har havde have kan kunne skal skulle må vil ville jeg du han hun vi i mig dig os jer ham hende dem sig min mit mine din dit dine jeres vores sin sit sine
hvad hvem hvor hvornår hvordan hvorfor hvilken hvilket hvilke mange meget lang længe ikke ingen intet ja nej hej tak venligst dette denne disse der her da så nu også kun mere noget nogen nogle alle alt findes gøre gør går tager få får hjælp hjælpe vide sige muligt fungerer sker dage dag brug`,
	Norwegian: `og eller men at det den de en ei et i på av for til fra med uten om under over ved etter innen mellom mot som er var være vært blir bli har hadde ha kan kunne skal skulle må vil ville jeg du han hun vi dere meg deg oss ham henne dem seg min mitt mine din ditt dine deres vår vårt våre
hva hvem hvor når hvordan hvorfor hvilken hvilket hvilke mange mye lang lenge ikke ingen ja nei hei takk dette denne disse der her da så nå også bare mer noe noen alle alt finnes gjøre gjør går tar få får hjelp hjelpe vite si mulig fungerer skjer dager dag`,
	Finnish: `ja tai vai mutta että jos kun kuin niin on ovat oli olivat olla ole olen olet olemme olette ollut ei en et emme eivät minä sinä hän me te he minun minulla minulle sinun hänen meidän teidän teillä teiltä heidän minua sinua tämä tämän se sen ne niiden nämä joka jonka jotka mikä mitä mitkä minkä millainen kuka ketä missä mistä mihin milloin miksi miten kuinka paljon paljonko kauan kauanko moni monta
voi voin voiko voinko voit voitte voivatko voidaan voiko saa saan saanko saako pitää täytyy haluan haluaisin tarvitsen vain myös vielä jo hyvin kaikki jotain joku mitään kyllä hei moi kiitos anteeksi apua auttaa tietää sanoa mahdollista toimii tapahtuu kestää päivää onko eikö olisi`,
	Turkish: `ve veya ya da de ama fakat ile için gibi kadar göre sonra önce bir bu şu o bunlar ben sen biz siz onlar bana sana ona bize size benim senin onun bizim sizin beni seni onu mi mı mu mü miyim mıyım misiniz mısınız muyum müyüm ne neler nedir kim nerede nereden nereye nasıl niçin neden niye kaç hangi ne zaman
var yok değil evet hayır çok daha en az her hiç şey olan olarak olur olabilir olacak oldu oluyor eder ediyor ederim yapabilir yapılır yapmak yapıyor yapıyorsunuz istiyorum isterim gerekiyor gerek lazım lütfen teşekkürler merhaba selam yardım bilgi almak alabilir miyim mümkün sürer sürüyor gün günde`,
	Hungarian: `a az és vagy de hogy ha nem igen is csak még már nagyon van vannak volt lesz lehet kell kellene én te ő mi ti ők nekem engem ez ezek azok egy ki mi mit mikor hol honnan hová hogyan miért mennyi mennyibe milyen melyik hány tudok tudom tud szeretnék kérem köszönöm szia meg el ki be fel le nekünk önök segítség`,
	Romanian:  `și sau dar că dacă nu da este sunt era fi am ai are avem aveți au eu tu el ea noi voi ei ele mă te se ne vă îmi îți un o unei unui al a ai ale de la din în pe cu fără pentru prin după ce cine unde când cum cât câte câți care de ce pot poate puteți vreau doresc trebuie mai foarte bună mulțumesc rog acest această`,
	Russian: `и в во на с со к ко о об от до из у за по под над при для без через между или но а же ли бы не ни да нет это этот эта эти этого этой этом этих тот та те того той тех что чего чем чём кто кого кому где когда как какой какая какие какое каких какую куда откуда почему зачем сколько который которая которые чей
я ты он она оно мы вы они меня мне мной тебя тебе его ему её ее ей нас нам вас вам их им мой моя моё мое мои моего моей мою твой ваш ваша ваше ваши вашей вашу вашего свой свою есть был была было были быть будет будут могу может можно можете можем нужно нужен нужна надо хочу хотел хотела бы если то так там тут здесь уже еще ещё очень только тоже также
все всё всех пожалуйста спасибо здравствуйте привет добрый день помощь помогите подскажите скажите знать сказать сделать делать работает происходит длится дней день долго найти получить возможно`,
	Ukrainian: `і й та в у на з зі із до від о об про за по під над при для без через між або чи але а ж б би не ні так це цей ця ці цього цієї цьому цих той та ті того тих що чого чим хто кого кому де коли як який яка які яке яких яку куди звідки чому навіщо скільки котрий чий
я ти він вона воно ми ви вони мене мені мною тебе тобі його йому її їй нас нам вас вам їх їм мій моя моє мої мого моєї мою твій ваш ваша ваше ваші вашої свій свою є був була було були бути буде будуть можу може можна можете потрібно потрібен треба хочу хотів хотіла якщо то там тут вже ще дуже тільки також
все всі будь ласка дякую вітаю привіт добрий день допомога допоможіть підкажіть скажіть знати сказати зробити робити працює відбувається триває днів день довго знайти отримати можливо`,
	Arabic: `في من إلى الى على عن مع بعد قبل حتى منذ خلال بين عند لدى لدي لديكم لدينا هل ما ماذا متى أين اين كيف كم لماذا لما من أي اي أية هذا هذه ذلك تلك هؤلاء الذي التي الذين هو هي هم نحن أنا انا أنت انت أنتم و أو او ثم لكن لا لم لن ليس ليست إن ان أن أنه كان كانت يكون تكون هناك يوجد توجد
يمكن يمكنني يمكنكم أستطيع استطيع أريد اريد أود احتاج أحتاج يجب كل بعض غير أيضا ايضا جدا فقط قد لقد إذا اذا كي نعم شكرا مرحبا السلام عليكم فضلك رجاء لو سمحت مساعدة أعرف معرفة بي لي لك لكم لنا به بها فيه فيها منه منها عليه عليها تستغرق يستغرق وقت أيام يوم يعمل تقدمون لدي`,
	Persian: `در از به با برای تا بر که را و یا اما ولی اگر چون هم نه بله است هست هستند بود بودند باشد شود می‌شود میشود شد شده نیست من تو او ما شما آنها ایشان این آن اینجا آنجا چه چی چیست کی کجا کجاست چرا چطور چگونه چقدر چند کدام آیا هر همه هیچ یک خیلی فقط نیز دیگر
می‌توانم میتوانم می‌توان می‌خواهم میخواهم باید دارم دارد دارید داریم دارند کرد کردن کنم کنید کند می‌کنم می‌کنید می‌کند لطفا لطفاً ممنون سلام کمک ها های ای ام اش`,
	Hebrew: `של את על עם אל מן או גם כי אם אבל לא כן יש אין היה היתה היו להיות הוא היא הם הן אני אתה את אנחנו אתם שלי שלך שלכם שלנו לי לך לו לה לנו לכם זה זאת זו אלה מה מי איפה היכן מתי איך כיצד למה מדוע כמה איזה אילו האם כל עוד רק מאוד אפשר ניתן יכול יכולה צריך צריכה רוצה בבקשה תודה שלום עזרה לדעת לעשות ב ל מ ה ו ש זמן לוקח ימים יום`,
	Hindi: `का के की को में से पर और या लेकिन है हैं था थी थे हो होगा होगी होता होती होते हूँ हूं मैं मेरा मेरी मेरे मुझे हम हमारा हमें आप आपका आपकी आपके आपको तुम वह वे यह ये इस उस इन उन जो कि मिलेंगे मिलेगी मिलती मिलते क्या क्यों कब कहाँ कहां कैसे कितना कितनी कितने कौन कौनसा किस किसी नहीं न हाँ जी तो भी ही तक लिए साथ बाद पहले
कर करना करने करें करते करता करती किया सकता सकती सकते चाहिए चाहता चाहती चाहते रहा रही रहे गया गई दिन समय लगता लगते लगेगा मिलता मिलेगा मिल कृपया धन्यवाद नमस्ते मदद बताएं बताइए पता कुछ कोई सब बहुत एक ने`,
	Vietnamese: `và hoặc hay nhưng là của có không được cho với từ đến ở trong ngoài trên dưới về để khi nếu thì mà vì bởi tôi mình bạn anh chị em chúng ta họ nó này kia đó đây nào gì ai đâu sao thế bao nhiêu lâu mấy làm như các những một cái rất cũng chỉ còn đã đang sẽ phải cần muốn thể xin chào cảm ơn vui lòng giúp hỏi biết nói à ạ nhé vậy ngày mất`,
	Korean:     `은 는 이 가 을 를 의 에 저 제 저의 나 내 우리 당신 무엇 무엇을 무슨 뭐 뭔가요 뭐예요 무엇인가요 언제 어디 어디서 어디에 어디에서 어떻게 왜 얼마 얼마나 얼마예요 얼마인가요 얼마입니까 몇 누구 어느 어떤 그 이 저 것 수 있나요 있습니까 있어요 있는 있을까요 있는지 없나요 없어요 할 하는 되나요 하나요 합니까 됩니까 되는지 하려면 그리고 또는 좀 제발 안녕하세요 감사합니다 고맙습니다 알려주세요 알려 주세요 도와주세요 궁금해요 싶어요 싶습니다 가능한가요 가능해요 가능합니까 가능한 걸리나요 걸려요 걸립니까 알고 대해 대한 및 더 제가 저는 며칠 동안 해야 하면 하죠 하는지 되면 싶은데요 때 경우`,
}

// phraseText lists the same for languages that are written without spaces.
var phraseText = map[Code]string{
	Chinese: `请问 你好 您好 你们 您 你 我们 我 他们 她 他 它 这个 那个 这些 那些 这 那 哪里 哪儿 哪个 哪些 哪 什么时候 什麼時候 什么 什麼 怎么样 怎樣 怎样 怎么办 怎么 怎麼 如何 为什么 為什麼 为何 多少 多久 多长 多長 多大 几 幾 几天 吗 嗎 呢 吧 啊 呀 的话 的 地 得 了 着 过 是不是 是否 有没有 有沒有 能不能 可不可以 会不会 要不要 是 有 没有 沒有 没 不 能够 能否 能 可以 可否 会 會 要 想要 想 需要 必须 应该 应当 请 麻烦 帮我 帮忙 帮助 告诉 知道 谢谢 謝謝
和 与 跟 及 以及 或者 或 还是 但是 但 因为 所以 如果 在 于 到 从 向 对 把 被 给 让 用 将 也 都 就 还 很 太 再 已经 正在 一个 一些 一下 个 時間 时间 时候 東西 东西 問題 问题 进行 之后 以后 之前 里 中 上 下 们 您好 得到 怎 啥 嘛 哦 现在 你们的 有什么 贵`,
	Japanese: `どのように どうやって どうすれば どうしたら どうすると どのくらい どれくらい どれぐらい どのぐらい いくらですか いくら いつ どこで どこに どこ だれ 誰 なぜ どうして どんな どの どれ どう なに なん 何日 何時 何 ください 下さい お願いします お願い 教えて 知りたい ありがとう こんにちは すみません できますか できません できる できた でき でしょうか でしょう ですか です ますか ました ません ませんか ます たいです たい ている ています について に関して による ために ための から まで より など だけ でも には では とは のは のが ので のに への との
が を に へ と も や の で は か よ ね な だ する します しますか した して しない され される された なる なります なり ある あります ありますか ない なく なければ いる います いけ いけない この その あの これ それ あれ ここ そこ わたし 私 あなた 方法 場合 必要 時間 こと もの とき かかりますか かかります かかる かかり ほしい もらえ もらう いただけ いただく くれ たら なら れば ば て た り し い く`,
	Thai: `สวัสดี ครับ ค่ะ คะ ขอ กรุณา ช่วย ขอบคุณ อย่างไร ยังไง เท่าไหร่ เท่าไร กี่ เมื่อไหร่ เมื่อไร ที่ไหน ไหน ทำไม อะไร ใคร ไหม มั้ย หรือเปล่า หรือไม่ หรือ และ แต่ ที่ ซึ่ง ว่า ของ ใน จาก ถึง ให้ กับ โดย เพื่อ เป็น อยู่ คือ มี ไม่ ได้ จะ ต้อง ควร สามารถ อยาก แล้ว ยัง ก็ ถ้า เมื่อ ฉัน ผม ดิฉัน เรา คุณ เขา นี้ นั้น นี่ การ ความ ไป มา ทำ ใช้ เวลา นาน วัน บ้าง มาก กว่า ทุก ต่อ`,
}

// softText lists words of asking that some pages use and some do not: they count only
// where the pages have them.
var softText = map[Code]string{
	German:     `kostet kosten gekostet kostenlos gratis liefert liefern ankommt ankommen kommt kommen ändern ändere ändert bezahlen bezahle nutzen nutze verwenden verwende möchten zahlen zahlt wer öffnet`,
	French:     `coûte coûtent coûter gratuit gratuite arrive arriver arrivent changer change payer paie utiliser livrez livrer acceptez proposez vendez ouvre ouvrez heure heures`,
	Spanish:    `cuesta cuestan costar gratis gratuito llega llegan llegar cambiar cambio pagar pago usar utilizar abre abren hora horas`,
	Italian:    `costa costano costare gratis gratuita gratuito arriva arrivare cambiare pagare usare utilizzare apre ora ore posso`,
	Portuguese: `custa custam custar grátis gratuito chega chegar mudar alterar trocar pagar usar utilizar abre hora horas entregam`,
	Dutch:      `kost kosten gratis komt aankomt wijzigen veranderen betalen gebruiken levert leveren open`,
	Polish:     `kosztuje kosztują darmowa darmowy przyjdzie dotrze zmienić zapłacić płacić używać otwarte`,
	Czech:      `stojí zdarma přijde dorazí změnit zaplatit platit používat otevřeno otevírá`,
	Swedish:    `kostar gratis kommer ändra byta betala använda levererar öppnar öppet`,
	Danish:     `koster gratis kommer ændre skifte betale bruge leverer åbner åbent`,
	Norwegian:  `koster gratis kommer endre bytte betale bruke leverer åpner åpent`,
	Finnish:    `maksaa ilmainen saapuu tulee vaihtaa muuttaa maksan käyttää avataan aukeaa`,
	Turkish:    `ücreti tutar ücretsiz gelir gelecek ulaşır değiştirmek değiştirebilirim öderim ödeyebilirim kullanabilirim açılıyor açık`,
	Russian:    `стоит стоят бесплатно придёт придет прийти приходит приедет изменить поменять оплатить заплатить использовать доставляете доставите открывается открыт сохранить`,
	Ukrainian:  `коштує коштують безкоштовно прийде приходить змінити поміняти оплатити сплатити використати доставляєте відкривається`,
	Arabic:     `يصل تصل سيصل أغير تغيير أدفع ادفع استخدم أستخدم يفتح تفتح مجاني مجانا تكلف يكلف`,
	Hebrew:     `עולה עולים מגיע מגיעה מגיעים לשלם לשנות פתוח פתוחה חינם`,
	Persian:    `می‌رسد میرسد رایگان پرداخت تغییر باز`,
	Hindi:      `लागत खर्च मुफ्त आएगा आएगी पहुंचेगा बदल बदलना भुगतान`,
	Vietnamese: `tốn phí miễn đến nhận đổi thay trả dùng`,
}
