"""The two charts of the utilisation workbook, with the textures of the design so that they read in grey."""

from typing import Any

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties

from scheduler.reports.look import BAD, FONT, INK, INK_2, INK_3, LINE, WHITE
from scheduler.reports.table import Placed

PRODUCTIVE = "0B4F97"
LEAST_CM, CM_A_BAR, MOST_CM = 7.0, 0.46, 16.0


def utilisation_chart(table: Placed, count: int) -> Any:
    """One bar a facility, 0 to 100 % of its available hours."""
    chart = _bars(count, 12.2, "Utilisation, % of available hours")
    series = _series(table, "utilisation", "Utilisation")
    series.graphicalProperties = GraphicalProperties(solidFill=PRODUCTIVE)
    series.dLbls = DataLabelList()
    series.dLbls.showVal = True
    for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(series.dLbls, other, False)
    series.dLbls.numFmt = "0%"
    series.dLbls.txPr = _text(7)
    chart.series.append(series)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.y_axis.majorUnit = 0.25
    chart.y_axis.number_format = "0%"
    chart.legend = None
    return chart


def hours_chart(table: Placed, count: int) -> Any:
    """What the hours went into: productive, setup, idle, outage, always in this order."""
    chart = _bars(count, 14.5, "Hours: productive, setup, idle, outage")
    chart.grouping = "stacked"
    chart.overlap = 100
    for key, name, look in (
        ("productive", "Productive", GraphicalProperties(solidFill=PRODUCTIVE)),
        ("setup", "Setup, teardown, changeover", _texture("wdUpDiag", PRODUCTIVE)),
        ("idle", "Idle", GraphicalProperties(solidFill=WHITE)),
        ("outage", "Outage", _texture("wdDnDiag", BAD)),
    ):
        series = _series(table, key, name)
        look.line = LineProperties(solidFill=BAD if key == "outage" else INK_3, w=6350)
        series.graphicalProperties = look
        chart.series.append(series)
    chart.y_axis.scaling.min = 0
    chart.y_axis.number_format = "#,##0"
    chart.legend.position = "t"
    chart.legend.txPr = _text(7)
    return chart


def _bars(count: int, width: float, title: str) -> Any:
    chart: Any = BarChart()
    chart.type = "bar"
    chart.style = 2
    chart.gapWidth = 35
    chart.width, chart.height = width, min(MOST_CM, max(LEAST_CM, 2.4 + CM_A_BAR * count))
    chart.title = title
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_letters(8, INK, bold=True))
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = _letters(8, INK, bold=True)
    chart.title.overlay = False
    # Without these two lines Excel draws no axes.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"  # the first facility on top
    chart.y_axis.crosses = "max"  # which turns the axis of figures upside down: back to the bottom
    chart.x_axis.txPr = chart.y_axis.txPr = _text(7)
    chart.x_axis.tickLblSkip = 1
    chart.layout = Layout(
        ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", x=0.1, y=0.11, w=0.82, h=0.82)
    )
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=LINE, w=6350))
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    return chart


def _series(table: Placed, key: str, name: str) -> Any:
    series: Any = Series(Reference(range_string=table.column_range(key)), title=name)
    # Codes are text: openpyxl's own way to set categories would call them numbers.
    series.cat = AxDataSource(strRef=StrRef(f=table.column_range("code")))
    return series


def _texture(preset: Any, colour: str) -> GraphicalProperties:
    fill = PatternFillProperties(prst=preset, fgClr=_colour(colour), bgClr=_colour(WHITE))
    return GraphicalProperties(pattFill=fill)


def _colour(value: Any) -> ColorChoice:
    return ColorChoice(srgbClr=value)


def _letters(size: int, colour: str, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size * 100, b=bold, solidFill=colour, latin=Font(typeface=FONT))


def _text(size: int) -> RichText:
    letters = ParagraphProperties(defRPr=_letters(size, INK_2))
    return RichText(p=[Paragraph(pPr=letters, endParaRPr=_letters(size, INK_2))])
