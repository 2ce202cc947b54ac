//! The one table of diagnostics and refusals: the word of each, the stage that says it, what was lost, how much it matters, what
//! happened and what to do, in both languages. docs/diagnostics.md and docs/diagnostics.zh.md are printed from it.

use super::codes::{codes, refusals};

codes! {
    DocumentFailed "document-failed" Read Nothing {
        Error:
            "the document was refused or failed; the message is that of `error_message`" => "see the second table",
            "文件被拒读或读取失败；说明与 `error_message` 相同" => "见下一张表";
    }
    PagePanicked "page-panicked" Read Rows {
        Error:
            "the PDF engine broke off on this page; the page is empty, the others are read" => "look at the page; report it with the file",
            "PDF 引擎在这一页中断；本页为空，其余各页照读" => "查看该页；连同文件一起报告";
    }
    PageTruncated "page-truncated" Read Rows {
        Error:
            "the page passes a limit (200,000 glyphs, 400,000 lines, or 4 seconds for the document) and is read in part" => "look at the page: mostly a map or a drawing",
            "本页超过限度（20 万个字符、40 万条线，或整份文件 4 秒），只读了一部分" => "查看该页：多半是地图或图纸";
    }
    FileCutOff "file-cut-off" Read Figures {
        Error:
            "the PDF lacks the marks with which every PDF ends: it was cut off, and what stood behind is lost" => "fetch it again",
            "PDF 缺少文件末尾应有的标记：文件被截断，后面的内容丢失" => "重新下载";
    }
    FileDamaged "file-damaged" Read Nothing {
        Error:
            "packed data that do not give their checksum, a table of objects that does not fit, objects or pages that are missing, a member of a container whose checksum is wrong: what the page or part holds may be missing or wrong" => "fetch it again",
            "压缩数据校验不符、对象表不合、对象或页缺失、容器成员校验错误：该页或该部分的内容可能缺失或有误" => "重新下载";
    }
    MarkupDamaged "markup-damaged" Read Nothing {
        Warning:
            "inside tables of a web page tags swallow each other, have names that no tag has, or cells begin, end or stand where none can; `printed` shows the first of them: cells may be missing or stand in another column" => "fetch it again; look at the rows in question",
            "网页表格里的标签互相吞并、名称不存在，或单元格起止位置不合；`printed` 是第一处：单元格可能缺失或错列" => "重新下载；核对相关各行";
    }
    OutOfTime "out-of-time" Read Figures {
        Error:
            "reading, or what follows it, takes longer than a document may (4 seconds of the processor); what was not reached is missing" => "split the file",
            "读取或其后的处理超过一份文件的时限（处理器 4 秒）；未处理到的内容缺失" => "拆分文件";
    }
    TableTooLarge "table-too-large" Layout Figures {
        Error:
            "a table has more than 500,000 cells, blank ones counted, or the document more than 1,000,000 cells and paragraphs; what is beyond was not read" => "take it apart",
            "一张表超过 50 万格（含空格），或一份文件超过 100 万个单元格和段落；超出部分未读" => "拆分";
    }
    PagesDropped "pages-dropped" Read Figures {
        Error:
            "the document passes a limit (2,000 pages or 4 seconds); later pages were not read" => "split the file",
            "文件超过限度（2000 页或 4 秒）；后面的页未读" => "拆分文件";
    }
    PagesWithoutText "pages-without-text" Read Figures {
        Warning:
            "these pages are images without a text layer and were not read" => "run text recognition over the file first, then compare",
            "这些页是没有文字层的图像，未读" => "先做文字识别，再比对";
    }
    ReadFromPicture "read-from-picture" Read Nothing {
        Warning:
            "the page is a picture, and this program read the characters from it (`source` of its facts is `ocr`)" => "rely on figures that an identity holds; compare the others with the page (`unproven`)",
            "该页是图像，由本程序从图像识别文字（其数据的 `source` 为 `ocr`）" => "采信有勾稽关系支持的数；其余（`unproven`）与原页核对";
        Note:
            "the page is a picture in which no character was found" => "nothing, if it is blank",
            "该页是图像，其中未发现文字" => "若为空白页则无须处理";
    }
    ReadByArithmetic "read-by-arithmetic" Normalise Nothing {
        Warning:
            "an amount that was read from a picture contradicted others; of the recogniser's other readings of its digits exactly one makes every identity through it hold, and that one was taken; `printed` is what was read first" => "look at the page if the figure matters",
            "从图像识别的金额与其他数不符；在该数各位的其他识别结果中，只有一种能使全部勾稽关系成立，已采用；`printed` 为最初识别结果" => "重要数据请核对原页";
    }
    ScanNotRead "scan-not-read" Read Figures {
        Error:
            "the page is a picture and could not be read from it: too many pixels, damaged image data, no lines of text, or too long" => "the message says why; scan or fetch it again",
            "该页是图像，未能识别：像素过多、图像数据损坏、没有文字行，或耗时过长" => "原因见说明；重新扫描或下载";
    }
    UnmappedGlyphs "unmapped-glyphs" Read Nothing {
        Warning:
            "glyphs have no Unicode; they stand as U+FFFD" => "compare the cells of this page with the original",
            "有的字形没有 Unicode；以 U+FFFD 表示" => "将本页单元格与原件比对";
    }
    DuplicateInput "duplicate-input" Acquire Nothing {
        Note:
            "the same bytes were given under two names; they are one document" => "nothing",
            "同样的字节以两个名字给出；算一份文件" => "无须处理";
    }
    NameAndContentDiffer "name-and-content-differ" Acquire Nothing {
        Note:
            "the name of a file promises another kind than its bytes are; it was read as what it is" => "a web page under the name of a document is mostly an error page: fetch it again",
            "文件名所示的类型与内容不符；按内容读取" => "以文档命名的网页多半是错误页：重新下载";
    }
    LinksLeftOut "links-left-out" Read Nothing {
        Note:
            "lines of a web page that are nothing but links were left out as menus" => "nothing",
            "网页中只有链接的行作为菜单略去" => "无须处理";
    }
    DocumentDamaged "document-damaged" Read Nothing {
        Error:
            "a Word document could not be read to its end" => "open it and save it again",
            "Word 文档未能读到末尾" => "打开后重新保存";
    }
    JoinedFiles "joined-files" Acquire Nothing {
        Note:
            "the text of an announcement stands in this file and its tables in others beside it (one folder, one folder of an archive, one page): they were read as one document; `locator` begins with the name of the file" => "nothing",
            "公告的文字在此文件，表格在旁边的文件（同一文件夹、压缩包或网页）：合并为一份文件；`locator` 以文件名开头" => "无须处理";
    }
    Converted "converted" Acquire Nothing {
        Note:
            "an old Word document was read through LibreOffice; locators count the bytes of the docx that it made" => "nothing",
            "旧版 Word 文档经 LibreOffice 读取；定位以其所生成的 docx 的字节计" => "无须处理";
    }
    HiddenRows "hidden-rows" Read Nothing {
        Warning Note:
            "rows or columns of a sheet, or rows of a Word table, are hidden: what stands in them is not published to the eye and was left out; `printed` names them. A note where they hold no amount" => "look whether the publisher meant to hide them",
            "工作表的行或列、或 Word 表格的行被隐藏：其内容不可见，未读；`printed` 列出。其中没有金额时为提示" => "看发布单位是否有意隐藏";
    }
    RowsFiltered "rows-filtered" Read Nothing {
        Note:
            "a filter hides rows of a sheet; they were read, for they are rows of the table" => "nothing",
            "筛选隐藏了工作表的一些行；它们仍是表中的行，已读" => "无须处理";
    }
    CoveredCell "covered-cell" Read Nothing {
        Warning:
            "a joined cell lies over one that holds something; it was left out" => "look at the cell",
            "合并单元格盖住了有内容的单元格；被盖住的未读" => "查看该单元格";
    }
    HiddenText "hidden-text" Read Nothing {
        Warning:
            "letters that nobody sees (white on white, tiny, a number format that shows nothing) were left out; `printed` has them" => "look at the place",
            "没有人看得见的文字（白底白字、极小、不显示内容的数字格式）未读；`printed` 是其内容" => "查看该处";
        Note:
            "glyphs that nobody sees (without colour, covered by a later fill, of the colour below them, rendering mode 3) were not read" => "nothing",
            "没有人看得见的字形（无色、被后来的填充盖住、与底色相同、渲染方式 3）未读" => "无须处理";
    }
    TextBeyondPage "text-beyond-page" Read Nothing {
        Warning:
            "characters of a PDF page stand beyond its left or right edge and were not read: figures of the last columns may be missing" => "compare the page with its neighbours; fetch the file again",
            "PDF 页面有字符在页面左右边缘之外，未读：最后几列的数字可能缺失" => "与前后页比较；重新下载文件";
    }
    StruckOut "struck-out" Read Nothing {
        Warning:
            "a cell holds nothing but struck-out text; it was left out" => "look at the place",
            "单元格只有带删除线的文字；未读" => "查看该处";
    }
    SignNotShown "sign-not-shown" Read Nothing {
        Warning:
            "a number is negative and its format shows no sign; it was read as negative" => "compare with the sums around it",
            "数字为负而格式不显示负号；按负数读取" => "与周围的合计比对";
    }
    FormulaWithoutValue "formula-without-value" Read Nothing {
        Warning:
            "a formula or field of which the file holds no reckoned value; its cell holds a text" => "open the file, let it reckon, and save it",
            "公式或域没有保存计算结果；单元格里是文字" => "打开文件重新计算并保存";
    }
    FormatsNotRead "formats-not-read" Read Nothing {
        Warning:
            "the number formats and hidden rows of an old workbook could not be read; numbers stand as they are stored" => "save it as xlsx",
            "旧版工作簿的数字格式和隐藏行未能读取；数字按存储值读取" => "另存为 xlsx";
    }
    TextBoxNotRead "text-box-not-read" Read Nothing {
        Warning:
            "a box with text lies on a sheet and was not read" => "look at the sheet",
            "工作表上有文本框，未读" => "查看该工作表";
    }
    PictureOfATable "picture-of-a-table" Read AnyForm {
        Warning:
            "a picture or an embedded object stands where a table should be; it was not read" => "look at the original",
            "应有表格之处是图片或嵌入对象；未读" => "查看原件";
    }
    PartNotRead "part-not-read" Read Nothing {
        Error Warning:
            "a file or object inside the document could not be read" => "look at the original",
            "文件内的某个文件或对象未能读取" => "查看原件";
    }
    MixedCharsets "mixed-charsets" Read Nothing {
        Warning:
            "lines of a text have different encodings; each was read in its own" => "compare with the original",
            "文本各行编码不同；分别按各自编码读取" => "与原件比对";
    }
    HiddenSheet "hidden-sheet" Read Nothing {
        Note:
            "a hidden sheet of a workbook was not read; `printed` is its name" => "nothing",
            "工作簿的隐藏工作表未读；`printed` 是其名称" => "无须处理";
    }
    SheetDamaged "sheet-damaged" Read Figures {
        Error:
            "a sheet of a workbook could not be read to its end; `printed` is its name" => "open the workbook and save it again",
            "工作表未能读到末尾；`printed` 是其名称" => "打开工作簿后重新保存";
    }
    InstitutionsDiffer "institutions-differ" Normalise Nothing {
        Warning:
            "the text says how many institutions (内设机构) the unit has, and lists another number of them" => "look at the section; the rows of `members` are those listed",
            "文中所说的内设机构数与所列的个数不符" => "查看该部分；`members` 的行是所列的机构";
    }
    SheetTruncated "sheet-truncated" Read Figures {
        Error:
            "a workbook passes a limit (40,000,000 cells or 4 seconds of the processor); what follows was not read" => "delete its empty rows and save it again",
            "工作簿超过限度（4000 万个单元格或处理器 4 秒）；后面的未读" => "删除空行后重新保存";
    }
    WrongCharset "wrong-charset" Read Nothing {
        Warning:
            "bytes of a text are no characters of its encoding; they stand as U+FFFD" => "fetch it again, or save it as UTF-8",
            "文本中有的字节不合其编码；以 U+FFFD 表示" => "重新下载，或另存为 UTF-8";
    }
    RowCellRestored "row-cell-restored" Layout Nothing {
        Warning:
            "a row of a text table has too few cells; only one way fits the shapes of its columns, and it was taken" => "compare the row",
            "文本表格的一行少了单元格；只有一种排法与各列形状相合，已采用" => "核对该行";
    }
    RowUneven "row-uneven" Read Rows {
        Warning:
            "a row of a web page's table reaches over more or fewer columns than the others; it was read as a browser shows it, where what stands behind the place slid below another head" => "compare the row",
            "网页表格的一行所占列数与其他行不同；按浏览器所示读取，错位处之后的内容可能落在别的表头之下" => "核对该行";
    }
    RowLostCell "row-lost-cell" Layout Figures {
        Error:
            "a row of a text table has too few or too many cells, and they fit in more than one way or in none; those in doubt were left out" => "read the row in the source",
            "文本表格的一行单元格过少或过多，有多种排法或没有排法相合；有疑问的未读" => "到原件中读该行";
    }
    NumberCrossesRuling "number-crosses-ruling" Layout Nothing {
        Warning:
            "a number runs over the line between two cells; it was kept whole and given to the cell that holds most of it" => "compare this cell",
            "数字越过两格之间的线；保持完整，归入占多数的一格" => "核对该单元格";
    }
    ColumnsMoved "columns-moved" Layout Nothing {
        Note:
            "a table goes on over the page with other column widths; columns were matched by order" => "nothing, or compare the first row of the new page",
            "表格跨页后列宽改变；各列按次序对应" => "无须处理，或核对新页第一行";
    }
    TooManyRulings "too-many-rulings" Layout Nothing {
        Warning:
            "a page draws so many separate lines that it is a drawing, not a table" => "look whether a table stands there",
            "本页线条过多，是图而不是表" => "看那里是否有表格";
    }
    TextInDoubt "text-in-doubt" Read Figures {
        Warning:
            "characters are covered in part or by a picture, or the embedded font draws another digit than the file says (then none of its digits is sure); they stand as U+FFFD" => "look at the page: what is drawn counts",
            "字符被部分遮盖或被图片遮盖，或嵌入字体画的数字与文件所说不同（则其数字都不可靠）；以 U+FFFD 表示" => "查看该页：以画出的为准";
    }
    TextByRecognition "text-by-recognition" Read Nothing {
        Warning:
            "the text lies invisibly over the picture of a page, or below it: a program recognised it (`source` is `ocr`)" => "compare every figure with the picture",
            "文字不可见地叠在整页图片之上或之下：是程序识别出来的（`source` 为 `ocr`）" => "逐个数字与图片比对";
    }
    FilesInside "files-inside" Read Nothing {
        Warning:
            "files are attached inside the PDF, or it is a portfolio of files; they were not read; `printed` are their names" => "save each of them and read it",
            "PDF 内附有文件，或为文件包；未读；`printed` 是文件名" => "分别保存后读取";
    }
    TurnedText "turned-text" Layout Nothing {
        Note:
            "text stands aslant on the page (a watermark, a seal); it was not read" => "nothing",
            "页上有斜放的文字（水印、印章）；未读" => "无须处理";
        Warning:
            "many glyphs with digits stand across the direction of the page; they were not read" => "look at the page",
            "许多带数字的字形与页面方向垂直；未读" => "查看该页";
    }
    NumberTooLarge "number-too-large" Layout Nothing {
        Warning:
            "digits larger than the rows of a table lie over it (a watermark, a note); they were not read" => "compare the cells below",
            "比表中各行大得多的数字盖在表上（水印、批注）；未读" => "核对下面的单元格";
    }
    PageAsCurves "page-as-curves" Layout Figures {
        Warning:
            "the page shows many small shapes and hardly a character: its text was turned into curves" => "run text recognition over the page",
            "本页有许多小图形而几乎没有字符：文字已转成曲线" => "对该页做文字识别";
    }
    PagesReordered "pages-reordered" Layout Nothing {
        Note:
            "the pages lie in another order than the numbers at their feet; they were read by their numbers" => "nothing",
            "页的次序与页脚页码不同；按页码读取" => "无须处理";
    }
    PagesMissing "pages-missing" Layout Nothing {
        Warning:
            "the numbers at the feet of the pages jump" => "fetch the file again, or look for the missing page",
            "页脚的页码有跳跃" => "重新下载，或查找缺页";
    }
    PagesOutOfOrder "pages-out-of-order" Recognise Nothing {
        Warning:
            "the contents stand behind the tables" => "compare unit and year: the file may hold several accounts",
            "目录在各表之后" => "核对单位和年度：文件里可能有几份决算";
    }
    FormNotFound "form-not-found" Recognise Figures {
        Warning:
            "the contents page or a title names a form, and no table of it was found" => "see the page: it may be empty, a picture, or missing",
            "目录或标题提到一张表，而没有找到" => "查看该页：可能是空表、图片或缺失";
    }
    TotalRowMissing "total-row-missing" Recognise Nothing {
        Warning:
            "a form has no row of totals: a part of it may be missing" => "look at the next page",
            "一张表没有合计行：可能缺了一部分" => "查看下一页";
    }
    RowsMayBeMissing "rows-may-be-missing" Recognise Nothing {
        Warning:
            "the classes of a form that were read are together less than its printed total" => "look at the pages of the table: one may be missing, or a row was not read",
            "一张表读到的各类之和小于所印合计" => "查看该表各页：可能缺页，或有一行没有读到";
    }
    NumberTorn "number-torn" Recognise Rows {
        Error:
            "in a table without lines only a part of a number may stand in its cell: it has fewer decimals than all others, or a piece stands close beside it; it was left out" => "see the place on the page",
            "无框线表格里单元格中可能只有数字的一部分：小数位少于其他各数，或旁边紧挨着一截；略去" => "查看页面上的位置";
    }
    TableTwice "table-twice" Recognise Nothing {
        Note:
            "a page or a table stands twice with the same figures; the second was left out" => "nothing",
            "同一页或同一张表以相同数字出现两次；后一次略去" => "无须处理";
    }
    FormTwice "form-twice" Recognise Nothing {
        Warning:
            "a form stands twice with other figures" => "look whose they are",
            "一张表以不同数字出现两次" => "看各是谁的";
    }
    PagesOfNobody "pages-of-nobody" Recognise Figures {
        Warning:
            "in a file with several accounts, nothing says whose these pages are; they were not read" => "look at the pages",
            "文件里有几份决算，没有什么说明这些页是谁的；没有读" => "查看这些页";
    }
    HeadCutOff "head-cut-off" Recognise Figures {
        Error:
            "the title and head of a table stand on the page before, parted from its rows; the rows were not read" => "read them on the page",
            "表的标题和表头在前一页，与各行分开；各行未读" => "到该页上读";
    }
    TitleWithoutTable "title-without-table" Recognise Rows {
        Error:
            "below the title of a form stand numbers, and no table was recognised there" => "look at the page with `--svg`; report it",
            "表的标题下有数字，而没有认出表格" => "用 `--svg` 查看该页；报告问题";
        Warning:
            "the same with heads of columns and no number: an empty table" => "nothing, or look at the page",
            "同上，只有列名而没有数字：空表" => "无须处理，或查看该页";
    }
    HeaderDoesNotFit "header-does-not-fit" Recognise Rows {
        Error:
            "the title says a form, and its header does not prove it; the table was not read" => "the message names the column that is missing and the words that were not understood: add them to the form ([grammar.md](grammar.md))",
            "标题说是某张表，而表头不能证明；该表未读" => "说明里写有缺少的列和不认识的字：把它们加进该表（[grammar.md](grammar.md)）";
    }
    FormByHeader "form-by-header" Recognise Nothing {
        Warning:
            "no title stands above the table; its whole header fits exactly one form" => "see that it is that form",
            "表上方没有标题；整个表头只与一张表相合" => "看是否就是那张表";
    }
    TableWithoutLines "table-without-lines" Recognise Nothing {
        Warning:
            "the columns were found by the alignment of the text, not by lines" => "compare one row with the page",
            "各列按文字对齐而不是按线找出" => "取一行与原页比对";
    }
    UnclaimedTable "unclaimed-table" Recognise Rows {
        Error:
            "rows that were taken for more of a form have a total of their own: the title above them is missing; they were not read" => "look at the page",
            "当作某表续行的各行另有不同的合计：其上缺标题；未读" => "查看该页";
        Warning:
            "a table with numbers is none of the forms; it may be a part of one" => "look at it; add a title or an `other_title`",
            "有数字的表不是任何一张决算表；可能是其中一张的一部分" => "查看；加上标题或 `other_title`";
        Warning:
            "the same with a title that nobody knows and nothing that looks like a form: its numbers stand in `facts` as `other_table` too" => "look whether it is one of the forms; else add an `other_title`",
            "同上，标题不认识，也不像任何一张表：其数字也作为 `other_table` 列入 `facts`" => "看是否为决算表之一；否则加 `other_title`";
        Note:
            "the same, and its title is that of a table that is known to be none of the forms" => "nothing",
            "同上，其标题是已知的不属于各决算表的" => "无须处理";
    }
    OtherTable "other-table" Recognise Figures {
        Note:
            "a table that is known to be none of the forms, or rows of a form that hold none of its amounts (机关运行经费, 人次): the numbers stand in `facts` as `other_table`, as printed" => "nothing; its rows and columns have no canonical names",
            "已知不属于各决算表的表，或决算表中不含其金额的行（机关运行经费、人次）：数字按所印作为 `other_table` 列入 `facts`" => "无须处理；其行和列没有规范名称";
        Warning:
            "the same, and cells with digits were left out: it is not plain which words stand above or beside them" => "read these cells on the page",
            "同上，且带数字的单元格未读：看不出它们上方或旁边是什么字" => "到该页上读这些单元格";
    }
    ColumnNotUnderstood "column-not-understood" Recognise Figures {
        Warning:
            "a column of a form whose header is not known to its last character, with the number of its amounts; the other columns were read" => "`juesuan grammar explain --header '…'` says which text is not known: add its word to a part of `lexicon/headers.toml`",
            "表中有一列的表头没有完全读懂，附金额个数；其他列已读" => "用 `juesuan grammar explain --header '…'` 看不认识的字：加进 `lexicon/headers.toml` 的某个部分";
    }
    UnclaimedNumber "unclaimed-number" Recognise Rows {
        Warning:
            "a number in the body of a form that no row and no column claims" => "look at the row label and the header; add what is missing to the form",
            "表中有数字没有行或列认领" => "看行名和表头；把缺少的加进该表";
    }
    UnclaimedLabel "unclaimed-label" Recognise Nothing {
        Note:
            "a row whose label is not known and that holds no amounts" => "nothing, or add the label",
            "行名不认识而该行没有金额" => "无须处理，或加上行名";
    }
    CodeCompleted "code-completed" Recognise Nothing {
        Note Warning:
            "only 款 or 项 is printed in this row; the code was completed from the row above, or got back a leading zero that a spreadsheet dropped" => "nothing",
            "该行只印有款或项；科目编码由上一行补全，或补回电子表格丢掉的前导零" => "无须处理";
    }
    OddCode "odd-code" Recognise Nothing {
        Warning:
            "a code has a number of digits that no code list has; the row was read under it as printed" => "compare the code with the page",
            "编码位数不属于任何编码表；按所印读取" => "与原页核对编码";
    }
    YearsDiffer "years-differ" Normalise Nothing {
        Warning:
            "cover and tables name different years; the cover's was taken. Or the title and the sentences do: then the tables decide, and without them `fiscal_year` is null" => "see which one is right",
            "封面与各表年度不同，取封面；或标题与文中年度不同，则以各表为准，没有表时 `fiscal_year` 为空" => "看哪一个对";
    }
    UnitUnknown "unit-unknown" Normalise Nothing {
        Warning:
            "nothing names the unit for sure (title, label, page title, table, heading, file name, a sentence that the text is signed with); `unit_name` and `unit_key` are null" => "fill it in by `document_id`; a name is never guessed",
            "没有什么能确定单位名称（标题、标签、网页标题、表、文件名、落款）；`unit_name` 和 `unit_key` 为空" => "按 `document_id` 补填；名称从不猜测";
    }
    NoYear "no-year" Normalise Nothing {
        Warning:
            "no fiscal year stands on the cover or above a table; `fiscal_year` is null" => "fill it in by `document_id`",
            "封面和表上方都没有年度；`fiscal_year` 为空" => "按 `document_id` 补填";
    }
    KindInDoubt "kind-in-doubt" Normalise Nothing {
        Warning:
            "nothing says what a document with 500 Chinese characters and more is (`unknown`): a font table is damaged, so that letters stand for others, or the title of its kind is not known" => "look at it; fetch it again; a title of a kind that is missing goes into `[[cover.other]]` of the lexicon",
            "有五百以上汉字的文件，没有什么说明它是什么（`unknown`）：字体表损坏，字被读成别的字，或其标题的类型不认识" => "查看原件；重新下载；缺少的标题类型加进词库的 `[[cover.other]]`";
    }
    UnitInherited "unit-inherited" Normalise Nothing {
        Warning:
            "no unit of money stands at this table; that of the table before was taken" => "see that the table is in that unit: 元 for 万元 is a factor of 10,000",
            "本表没有印金额单位；沿用前一张表的" => "看本表是否为该单位：元与万元相差一万倍";
    }
    MoneyUnitUnknown "money-unit-unknown" Normalise Figures {
        Error:
            "no unit of money stands at this table or before it; `amount` is null, `printed` holds the figures" => "see the page; a unit is never guessed",
            "本表及之前都没有金额单位；`amount` 为空，`printed` 是数字" => "看该页；单位从不猜测";
        Warning:
            "the same at an `other_table`" => "see the page",
            "`other_table` 同样如此" => "看该页";
    }
    NumberJoined "number-joined" Normalise Nothing {
        Warning:
            "blanks or a line break stand between the digits; they were read as one number" => "compare the cell",
            "数字之间有空格或换行；合成一个数" => "核对该单元格";
    }
    OddDecimals "odd-decimals" Normalise Nothing {
        Warning:
            "an amount has more decimals than the other amounts of its table: a mark (a small digit of a note) may be glued to it; it was read as printed" => "compare the cell",
            "一个金额的小数位数多于本表其他金额：可能粘上了注号（小号数字）；按所印读取" => "核对该单元格";
    }
    NotAnAmount "not-an-amount" Normalise Rows {
        Error:
            "what stands in an amount cell is not exactly one number; `cell_state` is `text`, `amount` is null" => "see `printed`: often two numbers that touch",
            "金额单元格里不是恰好一个数；`cell_state` 为 `text`，`amount` 为空" => "见 `printed`：多半是两个数连在一起";
    }
    TableContradicts "table-contradicts" Normalise Figures {
        Error:
            "a column of the table is not understood, and the others contradict one of its identities: the table was refused" => "see the header; `column-not-understood` quotes the column",
            "表中有一栏看不懂，其余各栏又与勾稽关系相矛盾：整张表不采用" => "查看表头；`column-not-understood` 引用了该栏";
    }
    NotExactInCents "not-exact-in-cents" Normalise Figures {
        Error:
            "the amount is finer than a cent or larger than the column holds; it was left out, not rounded" => "see `printed`",
            "金额精于分或超出列的范围；略去而不四舍五入" => "见 `printed`";
    }
    ValueDoesNotFit "value-does-not-fit" Normalise Nothing {
        Error:
            "a number has more digits than its column holds; it was left out, not rounded" => "see `printed`",
            "数字位数超出列的范围；略去而不四舍五入" => "见 `printed`";
    }
    UnitNotIdentified "unit-not-identified" Normalise Nothing {
        Warning:
            "several regions bear the name with which the unit begins, or many regions have a unit of this name, and the document does not say which; `unit_key` is null" => "write the unit into a registry ([grammar.md](grammar.md))",
            "单位名称开头的地名有几个地区同名，或许多地区都有这个名称的单位，而文件没有说明；`unit_key` 为空" => "把该单位写进登记表（[grammar.md](grammar.md)）";
    }
    UsccCheckDigit "uscc-check-digit" Normalise Nothing {
        Warning:
            "what stands behind the label of a 统一社会信用代码 is none: its check digit is wrong; it was not used" => "compare the code with the page",
            "标有统一社会信用代码的不是有效代码：校验位错误；未采用" => "与原页核对代码";
    }
    ProjectRowShifted "project-row-shifted" Recognise Nothing {
        Warning:
            "the cells of a row of a 项目自评表 do not stand below their headers (a lost or an added cell); what they hold leaves one way to read them" => "compare the row",
            "项目自评表一行的单元格不在各自表头之下（少一格或多一格）；按内容只有一种读法" => "核对该行";
    }
    ProjectRowDamaged "project-row-damaged" Recognise Nothing {
        Warning:
            "a row of a 项目自评表 cannot be read as a whole; what fits its header was read, the message lists the rest" => "compare the row",
            "项目自评表的一行不能完整读出；与表头相合的已读，其余列在说明里" => "核对该行";
    }
    ProjectRowUnknown "project-row-unknown" Recognise Nothing {
        Note:
            "no label of this row of a 项目自评表 is known" => "nothing, or add the label to `projects/`",
            "项目自评表这一行没有认识的标签" => "无须处理，或把标签加进 `projects/`";
    }
    ProjectHeaderDamaged "project-header-damaged" Recognise Nothing {
        Note:
            "the header of the first level of indicators is not legible; it was known by its place" => "nothing",
            "一级指标的表头不能辨认；按位置认定" => "无须处理";
    }
    ProjectPromptUnfilled "project-prompt-unfilled" Recognise Nothing {
        Note:
            "an instruction of the empty form stands where a text was to be filled in" => "nothing: it was kept as printed",
            "应填文字之处仍是空表的填写说明" => "无须处理：按所印保留";
    }
    ProjectNotANumber "project-not-a-number" Normalise Nothing {
        Warning:
            "weight, score or rate of a 项目自评表 is not exactly one number, or nothing says whether the rate is in percent; it was left out" => "compare the cell",
            "项目自评表的权重、分值或比率不是恰好一个数，或没有说明是否为百分数；略去" => "核对该单元格";
    }
    UnclaimedFigure "unclaimed-figure" Normalise Sentence {
        Note:
            "a figure in a sentence of the narrative that nobody claims; `printed` is the sentence" => "read it there; `juesuan grammar suggest` groups such sentences by the word that is in the way, so that it can be added to the lexicon",
            "叙述中的一个数字无人认领；`printed` 是该句" => "在原处读；`juesuan grammar suggest` 按造成阻碍的词归类这些句子，以便补入词典";
    }
    UnclaimedBound "unclaimed-bound" Normalise Nothing {
        Note:
            "a number that bounds another (单价50万元以上): no figure of the account by itself; `printed` is the sentence" => "nothing, unless you count such limits",
            "限定另一个数的数（单价50万元以上）：本身不是决算数；`printed` 是该句" => "无须处理，除非要统计这类限额";
    }
    SlotNotFilled "slot-not-filled" Normalise Sentence {
        Warning:
            "a sign (XX, ____), nothing, or both words of the form (增加（减少）) stand where a value belongs; no value is given" => "see the sentence",
            "应有数值之处是记号（XX、____）、空白，或范本的两种说法（增加（减少））；没有数值" => "见该句";
    }
    SubjectByArithmetic "subject-by-arithmetic" Normalise Nothing {
        Note:
            "a sentence names two amounts and one change, and does not say of which; the rate fits one of them and misses the other by far: the change was taken for the one that fits" => "read the sentence",
            "句中有两个金额和一个变动，没有说是谁的；比率与其一相合而与另一个相差甚远：取相合的" => "读该句";
    }
    StatedTwice "stated-twice" Normalise Nothing {
        Warning:
            "the narrative states one value twice, differently; both are given" => "see both places",
            "叙述对同一数值说了两次而不同；两个都给出" => "看两处";
    }
    YearDoesNotFit "year-does-not-fit" Normalise Nothing {
        Warning:
            "a heading or a sentence of the narrative names another year than the account's, or compares with another than the year before" => "see the sentence: often left over from the year before",
            "叙述的标题或句子所说年度不是本决算年度，或与上年以外的年度比较" => "见该句：多半是上年遗留";
    }
    ItemTwice "item-twice" Normalise Nothing {
        Warning:
            "one item and measure is printed twice in a table with two values, or one code stands in two rows" => "see both places: a printed error, or a label that was read wrong",
            "同一项目同一指标在一张表里印了两次而数值不同，或一个编码占两行" => "看两处：印刷错误，或行名读错";
    }
    NameInDoubt "name-in-doubt" Normalise Nothing {
        Warning:
            "the name beside a code is, but for one character, the one that the lists give this code, or the code stands in no list and differs by one digit from that of its name; both stand as they were read" => "compare the name and its code with the page: a printed error, or a character that was read wrong",
            "编码旁的名称与编码表所载只差一个字，或编码不在表中而与该名称的编码只差一位；均按所读保留" => "与原页核对名称和编码：印刷错误，或该字读错";
    }
    FiguresContradict "figures-contradict" Check Nothing {
        Warning:
            "figures of a form, or of the text, contradict each other, with the number of identities that fail: the publisher erred, or the file is damaged where no other sign tells. Once for each form" => "read `findings` beside the page",
            "某张表或文字中的数字互相矛盾，附不符的恒等式个数：发布单位有误，或文件受损而别无迹象。每张表一条" => "对照原页看 `findings`";
    }
}

refusals! {
    Empty "empty-file" "failed":
        "zero bytes" => "fetch it again",
        "零字节" => "重新下载";
    KindNotRead "kind-not-read" "failed":
        "the bytes are of a kind that is not read; the message says which (image, archive, presentation …)" => "save it as one of the kinds that the message names, or fetch the right file: portals answer missing files with a web page",
        "不读这种类型的字节；说明写有是什么（图像、压缩包、演示文稿……）" => "另存为说明所列类型之一，或取正确的文件：门户网站常以网页回答缺失的文件";
    NeedsLibreoffice "needs-libreoffice" "failed":
        "an old Word document, and LibreOffice is not installed, did not finish in 60 seconds or cannot read it" => "install LibreOffice, or save the file as docx",
        "旧版 Word 文档，而没有安装 LibreOffice，或它 60 秒内没有完成，或不能读取" => "安装 LibreOffice，或另存为 docx";
    PasswordRequired "password-required" "failed":
        "the file needs a password" => "save a copy without it",
        "文件需要密码" => "保存一份不带密码的副本";
    BrokenFile "broken-file" "failed":
        "the structure is broken beyond repair (cut off, no pages)" => "fetch it again",
        "结构损坏，无法修复（被截断、没有页）" => "重新下载";
    FileCutOff "file-cut-off" "failed":
        "the file was cut off before it says what it is" => "fetch it again",
        "文件在说明自己是什么之前被截断" => "重新下载";
    TooLarge "too-large" "failed":
        "a stream unpacks to more than 512 MB, or another limit is passed" => "look at the file with care",
        "某个流解压超过 512 MB，或超过另一限度" => "小心查看该文件";
    UnreadableFile "unreadable-file" "failed":
        "the system did not give the bytes, or the file is larger than 512 MiB" => "check permissions and disk",
        "系统没有给出字节，或文件大于 512 MiB" => "检查权限和磁盘";
    InternalError "internal-error" "failed":
        "juesuan itself failed on this file; the other documents are not touched" => "report it with the file",
        "juesuan 自己在这份文件上出错；其他文件不受影响" => "连同文件一起报告";
    NoTextLayer "no-text-layer" "not_readable":
        "every page is an image, or no page holds a character" => "run text recognition over the file first",
        "每一页都是图像，或没有一页有字符" => "先做文字识别";
    Joined "joined" "joined":
        "its tables are read with the text of their announcement: the row that `part_of` names holds them" => "nothing",
        "其表格与公告的文字一起读取：`part_of` 所指的行有其内容" => "无须处理";
    Split "split" "split":
        "the accounts of several units or years stand in the file: each has a row of its own, whose `part_of` names this one" => "nothing",
        "文件里有几个单位或几个年度的决算：各有一行，其 `part_of` 指向本行" => "无须处理";
    NotAFinalAccount "not-a-final-account" "not_a_final_account":
        "a budget, a template, the account of a government, a letter of approval, a notice, a report of an audit or on performance; the message says what and quotes the line that says so" => "nothing",
        "预算、范本、政府总决算、批复、通知、审计或绩效报告；说明写有是什么并引用所据的一行" => "无须处理";
    SeveralAccounts "several-accounts" "failed":
        "the forms stand in the file twice with other figures: the accounts of several units or years; no facts are made, as nobody knows whose they would be: the heads of the tables do not say it for each" => "split the file",
        "各表在文件里以不同数字出现两次：是几个单位或几个年度的决算；表头没有逐一说明，不产生数据，因为不知道是谁的" => "拆分文件";
    NotOfOneUnit "not-of-one-unit" "partial":
        "三公经费 of all units of a region together (kind `other`): its sentences are read, it has no `unit_key`" => "nothing",
        "一个地区各单位的三公经费汇总（类型 `other`）：句子已读，没有 `unit_key`" => "无须处理";
    UnknownKind "unknown-kind" "unknown":
        "nothing says what it is; no facts are made from it" => "look at it; a title of a kind that is missing goes into `[[cover.other]]` of the lexicon",
        "没有什么说明它是什么；不产生数据" => "查看；缺少的标题类型加进词库的 `[[cover.other]]`";
    NoFormFound "no-form-found" "partial":
        "it says final account, and none of the nine forms stands in readable tables" => "see its diagnostics",
        "写着决算，而可读的表格中没有九张表的任何一张" => "看其诊断";
    ValueDoesNotFit "value-does-not-fit" "partial":
        "some values have more digits than the dataset holds" => "see its diagnostics",
        "有些数值的位数超出数据集所容" => "看其诊断";
}
