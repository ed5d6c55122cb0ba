"""Given names, full and short, by which a column of people is known; surnames are known by their endings."""

from __future__ import annotations

RUSSIAN = """
анна мария ольга елена ирина татьяна наталья наталия светлана юлия екатерина марина дарья алина ксения вера надежда любовь
алла белла варвара галина диана жанна инна лариса майя нина раиса софья софия тамара эльвира яна полина виктория валентина
валерия людмила лидия евгения маргарита кристина оксана олеся анастасия александра алёна алена анжела анжелика ангелина
антонина арина ася вероника виолетта влада владислава дина ева елизавета зинаида злата зоя инга камилла карина кира клавдия
клара лиана лилия милана милена мирослава мила нелли ника нонна регина римма роза рената руслана снежана стефания таисия
ульяна фаина эвелина элина элла эльмира эмилия юлиана ядвига агата агния аглая аделина альбина амина зарина гузель айгуль
лейла мадина иван петр пётр сергей андрей алексей дмитрий михаил николай владимир александр максим павел роман олег игорь
антон денис артем артём илья кирилл виктор юрий евгений константин василий георгий борис валерий глеб данила данил даниил
егор захар леонид марк никита руслан степан тимур федор фёдор богдан вадим валентин вениамин виталий владислав всеволод
вячеслав геннадий герман григорий демид демьян эдуард эмиль яков ярослав матвей макар марат мирон назар остап платон прохор
радик рамиль ринат родион ростислав савелий святослав семен семён станислав тарас тимофей трофим филипп эльдар артур альберт
арсений арсен анатолий аркадий артемий ашот богдан гарик давид дамир заур ибрагим игнат иннокентий ипполит карен клим лев лука
оля катя маша саша дима лена настя паша коля витя миша таня лиза вика костя женя гриша оксаночка даша эля рома слава лёша леша
вова володя толик гена стас влад вадик юра юля ира света наташа надя люба люда галя валя рита соня тоня зина аня тёма тема
егорка гоша жора лёня леня федя петя вася ваня серёжа сережа андрюша антоха боря гарик ксюша марго тася уля яша
"""
ENGLISH = """
john mary anna peter james robert michael david sarah kate emma tom bob alice jane paul mark lisa laura maria george henry jack
sam ann jim joe nick kim amy dan ben lucy olivia oliver harry charlie sophie chloe ivan olga maxim william richard joseph
thomas charles christopher daniel matthew anthony donald steven andrew joshua kenneth kevin brian edward ronald timothy jason
jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander patrick
frank raymond dennis jerry tyler aaron jose adam nathan zachary walter kyle harold carl jeremy keith roger arthur terry
lawrence sean christian ethan austin joe noah jesse albert bryan billy bruce willie jordan dylan alan ralph gabriel roy juan
wayne eugene logan randy louis russell vincent philip bobby johnny bradley patricia jennifer linda elizabeth barbara susan
jessica karen nancy betty margaret sandra ashley kimberly emily donna michelle carol amanda dorothy melissa deborah stephanie
rebecca sharon cynthia kathleen shirley angela helen pamela nicole samantha katherine christine debra rachel carolyn janet
catherine heather diane ruth julie joyce virginia victoria kelly lauren christina joan evelyn judith megan andrea cheryl hannah
jacqueline martha gloria teresa sara madison frances kathryn janice jean abigail judy grace denise amber doris marilyn danielle
beverly isabella theresa diana natalie brittany charlotte marie kayla alexis lori adele derek edith howard irene lydia miles
nora owen jill ross max leo mia ella zoe ian neil luke hugo felix oscar lena nina eva clara rosa bill mike steve dave rob chris
matt tony greg jeff tim pat fred ted ed ken ron don ray jill beth meg liz sue
"""
GIVEN_NAMES = frozenset((RUSSIAN + ENGLISH).split())
