"""Makes textrnn/text/traditional.json: what a simplified character is in traditional text.

    python recipes/traditional.py

``variants.json`` says which traditional characters have which simplified form. Where there are
several, or where traditional text has the simplified form too, this file chooses: one character by
default, the one that classical verse has most often, and another in some words.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

# Of several forms, the usual one.
CHOSEN = """
并並 仑崙 系繫 个個 伪偽 尽盡 净淨 别別 铲鏟 勋勳 汇匯 历歷 参參 启啟 叹嘆 尝嘗 哗嘩 恶惡
当當 啮齧 苏蘇 团團 埙壎 坛壇 墙牆 奖獎 妫媯 袅裊 岁歲 荫蔭 弥彌 录錄 复復 凄淒 悫愨 捣搗
摆擺 术術 台臺 壳殼 毁毀 牦氂 冲衝 沩溈 湿濕 卤鹵 滟灩 为為 炼煉 烟煙 获獲 产產 画畫 发發
荡蕩 众眾 竖豎 签籤 绝絕 绦絛 绣繡 绿綠 线線 绷繃 缊縕 纤纖 缰韁 钵缽 骂罵 脏髒 馆館 艳艷
药藥 莼蓴 蕴蘊 里裏 证證 说說 谥諡 谣謠 赞贊 赍齎 赝贗 赃贓 迹跡 酝醞 针針 钥鑰 钩鉤 钟鐘
钻鑽 锐銳 锤錘 镰鐮 镇鎮 镌鐫 镢鐝 鉴鑒 闲閒 阅閱 鸡雞 须須 颓頹 颜顏 饥飢 鳄鱷 凫鳧 鹚鷀
鹇鷴 么麼 厕廁 坝壩
"""
# Simplified characters that traditional text has, too, but more rarely than another form.
CHANGED = """
杰价儿划胜坏宁怜忏怀扑据扰极构机气洁洒异确种筑网茧听圣与庄万荐苹虫蜡蚕触夸丰适丑
离云愿惊体郁党涂泞洼帘篱仆挂晒吊朴柜几后余于栖优岭厂赶痒腊
"""
# A character, another form of it than the usual one, and the words in which that stands.
WORDS = """
发 髮 白发 华发 鬓发 散发 短发 毛发 须发 鹤发 结发 披发 理发 头发 素发 黄发 银发 玄发 落发
发 髮 剪发 沐发 晞发 绿发 霜发 雪发 鸦发 云发 束发 秃发 黑发 乱发 衰发 稀发 怒发 发白 发短
发 髮 发秃 发稀 发如 发垂 发肤 一发 丝发 毫发
后 后 皇后 太后 王后 后妃 后土 后稷 后羿 母后 后皇 元后 后宫 女后 天后
里 里 千里 万里 百里 十里 里巷 故里 乡里 邻里 闾里 田里 蒿里 道里 下里 里人 里社 里门 里中
里 里 一里 二里 两里 三里 四里 五里 六里 七里 八里 九里 数里 几里 里许 里闾 仁里 旧里 州里
里 里 梓里 戚里 北里 里第
云 云 云云 云何 云是 诗云 自云 人云 亦云 或云 皆云 谁云 我云 云亡 云胡 书云 岂云 不云
干 乾 泪干 未干 不干 干燥 已干 易干 始干 吹干 枯干 墨干 晒干 酒干 露干 血干 雨干 风干 沙干
干 乾 干愁 烘干
干 幹 枝干 树干 老干 直干 霜干 才干 桢干 柯干 强干 根干
几 几 几案 凭几 隐几 几席 净几 棐几 曲几 乌几 几杖 玉几 石几 几砚 茶几 据几 竹几
余 余 余亦 余将 余独 余既 余欲 余虽 余为 起余 从余 感余 笑余 示余 寄余 赠余 余生 伊余
余 余 愁余 嗟余 怜余 劳余 与余
谷 穀 五谷 谷雨 米谷 稻谷 百谷 嘉谷 谷帛 谷贱 种谷 新谷 布谷 秋谷 禾谷
斗 鬥 斗鸡 战斗 争斗 斗草 相斗 斗巧 斗艳 斗妍 斗百 角斗 龙斗 斗力 斗智 格斗 苦斗 斗茶 死斗
丑 丑 子丑 丑时 丑寅 癸丑 乙丑 丁丑 己丑 辛丑
征 徵 征兆 征求 象征 特征 宫征 变征 征君 征士
松 鬆 蓬松 放松 轻松 松懈 慵松 鬓松 髻松 松松 疏松
只 隻 影只 一只 两只 双只 只影 只字 只身 形只 只鸡 船只 只手 只眼 孤只 几只 千只 数只 只轮
于 于 于飞 于归 单于 于嗟 于阗 鲜于 淳于 于役 于谦 于思 于田 于时 于以
并 并 并州 并刀 幽并 并儿 并汾 并剪
并 併 合并 吞并 兼并 并吞 一并
系 係 关系
系 系 世系 谱系 派系
尽 儘 尽管 尽教 尽日教 尽道
历 曆 历日 历法 年历 新历 月历 历数 日历 旧历 律历 尧历 凤历 周历 夏历 山历
台 台 天台 三台 台州 台鼎 台星 兄台 台衡 台阶星
台 颱 台风
复 複 复道 复壁 繁复 重复 复叠 复沓
冲 沖 冲天 冲融 冲淡 冲和 冲虚 冲漠 冲霄 幼冲 谦冲 冲襟 冲寂
获 穫 收获 刈获 秋获 耕获
团 糰 饭团 汤团
坛 罈 酒坛 一坛
术 朮 白术 苍术 参术
脏 臟 五脏 肝脏 脏腑 心脏 内脏
须 鬚 须眉 髭须 白须 霜须 虬须 龙须 虎须 须鬓 须发 花须 捋须 银须 须髯 胡须 长须 吟须 捻须
须 鬚 髯须 须白 掀须
胡 鬍 胡须
胡 衚 胡同
饥 饑 饥馑 饥荒
钟 鍾 钟情 千钟 万钟 钟爱 钟山 钟期 钟离 钟馗 所钟 龙钟 钟子 钟王 钟鼎文
面 麵 汤面 面条 面粉 麦面
舍 捨 不舍 难舍 取舍 舍我 弃舍 割舍 舍弃 施舍 舍去 舍身 未舍 忍舍 肯舍 能舍 舍此 舍君
御 禦 抵御 御寒 御敌 守御 捍御 强御
辟 闢 开辟 辟地 辟草
仆 仆 颠仆 仆地 僵仆 倒仆
帘 帘 酒帘 青帘 帘招
范 範 模范 风范 规范 洪范 师范
卷 捲 卷帘 席卷 风卷 卷起 舒卷 卷地 卷土 卷尽 卷入 云卷 浪卷 卷舒 半卷 高卷 卷上 卷雪 不卷
卷 捲 未卷
姜 薑 生姜 姜桂 姜芽 老姜
咸 鹹 咸酸 酸咸 咸味
苹 苹 食野之苹
据 据 拮据
朴 朴 厚朴
万 万 万俟
适 适 南宫适
价 价 来价 小价
周 週 一周 周年
制 製 制作 制衣 裁制 炼制 制成
志 誌 墓志 标志 志喜
合 閤 合家
泛 氾 泛滥
困 睏 困倦
克 剋 相克 克星
秋 鞦 秋千
千 韆 秋千
表 錶 手表 钟表
雕 鵰 射雕 大雕 皂雕
"""


def main() -> None:
    """Write the table."""
    path = Path(__file__).parents[1] / "textrnn" / "text"
    variants = json.loads((path / "variants.json").read_text(encoding="utf-8"))
    forms: dict[str, str] = defaultdict(str)
    pairs = zip(variants["traditional"], variants["simplified"], strict=True)
    for traditional, simplified in pairs:
        forms[simplified] += traditional
    chosen = {pair[0]: pair[1] for pair in CHOSEN.split()}
    usual = {
        simplified: chosen.get(simplified, several[0])
        for simplified, several in forms.items()
        if simplified in (*CHANGED, *chosen) or not in_traditional_text(simplified)
    }
    words: dict[str, dict[str, list[str]]] = {}
    for line in WORDS.strip().splitlines():
        char, form, *found = line.split()
        words.setdefault(char, {}).setdefault(form, []).extend(found)
    content = {
        "simplified": "".join(usual),
        "traditional": "".join(usual.values()),
        "words": {
            char: {form: " ".join(found) for form, found in forms.items()}
            for char, forms in words.items()
        },
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (path / "traditional.json").write_text(text, encoding="utf-8")
    print(f"{len(usual):,} characters")


def in_traditional_text(char: str) -> bool:
    """Whether traditional text uses a character, which is what Big5 has."""
    try:
        char.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    main()
